package dev.peer.cli.syntax;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.IGetter;
import picocli.CommandLine.Model.ISetter;

/**
 * What a command takes, with the value that the command line gives it.
 *
 * @param <T> the type of the value
 */
public abstract class Argument<T> implements GroupMember {

  private T value;

  Argument() {}

  /** Its value, which the command line, a default or the declaration gives. */
  public final T value() {
    return Objects.requireNonNull(value);
  }

  /** Its value, if it has one. */
  public final Optional<T> given() {
    return Optional.ofNullable(value);
  }

  /** What reads the text of a value of this type, where picocli's own way would not do. */
  static ITypeConverter<?>[] converters(Class<?> type) {
    return type.equals(Path.class)
        ? new ITypeConverter<?>[] {new PathConverter()}
        : new ITypeConverter<?>[0];
  }

  /** The value until the command line gives another. */
  final void begin(T initial) {
    value = initial;
  }

  /** How picocli knows it. */
  abstract ArgSpec spec();

  @Override
  public final void addTo(Syntax command) {
    command.spec().add(spec());
  }

  @Override
  public final void addTo(ArgGroupSpec.Builder group) {
    group.addArg(spec());
  }

  /** Where picocli puts the value. */
  final class Binding implements IGetter, ISetter {

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public <V> V get() {
      return (V) value;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <V> V set(V given) {
      V before = get();
      value = (T) given;
      return before;
    }
  }
}
