package dev.peer.cli.option;

import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads how long to wait: a duration as the settings have them, or 0. */
public final class WaitConverter implements ITypeConverter<Duration> {

  @Override
  public Duration convert(String text) {
    try {
      return text.equals("0") ? Duration.ZERO : new DurationConverter().convert(text);
    } catch (TypeConversionException e) {
      throw new TypeConversionException("0, or a duration such as 90s, 10m or 1h was expected");
    }
  }
}
