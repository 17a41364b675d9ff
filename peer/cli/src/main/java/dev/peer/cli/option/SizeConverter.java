package dev.peer.cli.option;

import dev.peer.config.ValueForms;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads sizes on the command line as the settings are read. */
public final class SizeConverter implements ITypeConverter<Long> {

  private static final long LEAST = 1 << 20;

  @Override
  public Long convert(String text) {
    try {
      long size = ValueForms.size(text);
      if (size >= LEAST) {
        return size;
      }
    } catch (IllegalArgumentException e) {
      throw expected();
    }
    throw expected();
  }

  private static TypeConversionException expected() {
    return new TypeConversionException("a size such as 512M or 32G was expected, at least 1M");
  }
}
