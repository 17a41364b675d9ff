package dev.peer.cli.option;

import dev.peer.config.ValueForms;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads durations on the command line as the settings are read. */
public final class DurationConverter implements ITypeConverter<Duration> {

  @Override
  public Duration convert(String text) {
    try {
      return ValueForms.duration(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("a duration such as 90s, 10m or 1h was expected");
    }
  }
}
