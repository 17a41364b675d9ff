package dev.peer.cli;

import dev.peer.config.Forms;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads durations on the command line as the settings are read. */
final class DurationConverter implements ITypeConverter<Duration> {

  @Override
  public Duration convert(String text) {
    try {
      return Forms.duration(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("a duration such as 90s, 10m or 1h was expected");
    }
  }
}
