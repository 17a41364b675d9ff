package dev.peer.cli.syntax;

import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * A word of the command line that its place gives a meaning.
 *
 * @param <T> the type of its value
 */
public final class Positional<T> extends Argument<T> {

  private final PositionalParamSpec.Builder spec;

  private Positional(String index, String label, Class<?> type, String... description) {
    Binding binding = new Binding();
    spec =
        PositionalParamSpec.builder()
            .index(index)
            .paramLabel(label)
            .type(type)
            .description(description)
            .getter(binding)
            .setter(binding);
  }

  /** The one at an index. */
  public static <T> Positional<T> at(
      int index, String label, Class<T> type, String... description) {
    Positional<T> word = new Positional<>(Integer.toString(index), label, type, description);
    word.spec.required(true).converters(converters(type));
    return word;
  }

  /** Any number of them, from an index on. */
  public static <T> Positional<List<T>> from(
      int index, String label, Class<T> type, String... description) {
    Positional<List<T>> words = new Positional<>(index + "..*", label, List.class, description);
    words
        .spec
        .auxiliaryTypes(type)
        .converters(converters(type))
        .arity("0..*")
        .initialValue(List.of());
    words.begin(List.of());
    return words;
  }

  /** This reads its text. */
  public Positional<T> readBy(ITypeConverter<?> converter) {
    spec.converters(converter);
    return this;
  }

  /** The command line need not have it. */
  public Positional<T> optional() {
    spec.arity("0..1").required(false);
    return this;
  }

  /** Without it on the command line, it is this. */
  public Positional<T> byDefault(String text) {
    spec.defaultValue(text);
    return optional();
  }

  @Override
  ArgSpec spec() {
    return spec.build();
  }
}
