package dev.peer.cli.option;

import dev.peer.core.id.Digest;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads digests on the command line. */
public final class DigestConverter implements ITypeConverter<Digest> {

  @Override
  public Digest convert(String text) {
    try {
      return Digest.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
