package dev.peer.config;

import dev.peer.core.id.Printable;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where PEM text is: in a file, or in the variable itself. */
public sealed interface PemSource {

  /** A file; absolute, or relative to the working directory. */
  record File(Path path) implements PemSource {
    @Override
    public String toString() {
      return Printable.of(path.toString());
    }
  }

  /** The text itself. May be a private key: never shown. */
  record Inline(String text) implements PemSource {
    @Override
    public String toString() {
      return "(PEM in the environment)";
    }
  }

  /**
   * Takes PEM text, or else a path. PEM text that lost its line breaks to {@code \n}, as some CI
   * systems make it, gets them back.
   *
   * @throws IllegalArgumentException if the text cannot be a path
   */
  static PemSource parse(String text) {
    if (text.contains("-----BEGIN ")) {
      return new Inline(text.contains("\n") ? text : text.replace("\\n", "\n"));
    }
    ValueForms.require(!text.contains("\n"));
    return new File(Path.of(text));
  }

  /**
   * Takes PEM text, or else paths separated by commas; a path may have blanks in it.
   *
   * @throws IllegalArgumentException if the text cannot be a path
   */
  static List<PemSource> parseAll(String text) {
    if (text.contains("-----BEGIN ")) {
      return List.of(parse(text));
    }
    return Stream.of(text.split(",", -1))
        .map(String::strip)
        .peek(path -> ValueForms.require(!path.isEmpty()))
        .map(PemSource::parse)
        .toList();
  }
}
