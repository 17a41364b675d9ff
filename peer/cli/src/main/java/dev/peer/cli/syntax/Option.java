package dev.peer.cli.syntax;

import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * An option.
 *
 * @param <T> the type of its value
 */
public final class Option<T> extends Argument<T> {

  private final OptionSpec.Builder spec;

  private Option(String name, Class<?> type, String... description) {
    Binding binding = new Binding();
    spec =
        OptionSpec.builder(name)
            .type(type)
            .description(description)
            .getter(binding)
            .setter(binding);
  }

  /** An option without a value: whether it is there. */
  public static Option<Boolean> flag(String name, String... description) {
    return new Option<Boolean>(name, boolean.class, description).initially(false);
  }

  /** An option with a value. */
  public static <T> Option<T> of(String name, String label, Class<T> type, String... description) {
    Option<T> option = new Option<>(name, type, description);
    option.spec.paramLabel(label).converters(converters(type));
    return option;
  }

  /** An option with one or more values, which may be there several times. */
  public static <T> Option<List<T>> repeated(
      String name, String label, Class<T> type, String... description) {
    Option<List<T>> option = listed(name, label, type, description);
    option.spec.arity("1..*");
    return option;
  }

  /** An option with values that commas separate. */
  public static <T> Option<List<T>> separated(
      String name, String label, Class<T> type, String... description) {
    Option<List<T>> option = listed(name, label, type, description);
    option.spec.splitRegex(",");
    return option;
  }

  private static <T> Option<List<T>> listed(
      String name, String label, Class<T> type, String... description) {
    Option<List<T>> option = new Option<>(name, List.class, description);
    option.spec.paramLabel(label).auxiliaryTypes(type).converters(converters(type));
    return option.initially(List.of());
  }

  /** This reads its text. */
  public Option<T> readBy(ITypeConverter<?> converter) {
    spec.converters(converter);
    return this;
  }

  /** It has this value until the command line gives another. */
  public Option<T> initially(T initial) {
    begin(initial);
    spec.initialValue(initial);
    return this;
  }

  /** Like {@link #initially}, as it would be typed; the help can show it. */
  public Option<T> byDefault(String text) {
    spec.defaultValue(text);
    return this;
  }

  /** The command line must have it. */
  public Option<T> required() {
    spec.required(true);
    return this;
  }

  @Override
  ArgSpec spec() {
    return spec.build();
  }
}
