package dev.peer.cli.syntax;

import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads paths. No word at all, as a variable leaves that is not set, is none: it would be the
 * working directory.
 */
final class PathConverter implements ITypeConverter<Path> {

  @Override
  public Path convert(String text) {
    if (text.isEmpty()) {
      throw new TypeConversionException("a path was expected; . is the working directory");
    }
    return Path.of(text);
  }
}
