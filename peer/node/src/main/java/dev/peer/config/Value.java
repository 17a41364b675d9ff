package dev.peer.config;

import dev.peer.core.id.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A setting's text and where it is from.
 *
 * @param origin such as {@code the environment} or {@code .env, line 3}
 */
record Value(Setting setting, String text, String origin) {

  private static final Pattern SEPARATOR = Pattern.compile("[\\s,]+");

  /** The host of a URL, or of {@code HOST:PORT}. */
  private static final Pattern UNDERSCORE =
      Pattern.compile("(?:https?://)?[A-Za-z0-9.-]*_[A-Za-z0-9._-]*(?::\\d+)?(?:/.*)?");

  /** Reads a text; refuses a malformed one with {@link IllegalArgumentException}. */
  @FunctionalInterface
  interface Reader<T> {
    T read(String text);
  }

  /**
   * The text, blanks around it dropped, as read.
   *
   * @param expected the form, such as {@code a size}
   * @param example a value that has it
   */
  <T> T read(Reader<T> reader, String expected, String example) throws ConfigException {
    return read(text.strip(), reader, expected, example);
  }

  /** As {@link #read}, for each part of a list separated by blanks or commas. */
  <T> List<T> readEach(Reader<T> reader, String expected, String example) throws ConfigException {
    List<T> read = new ArrayList<>();
    for (String part : parts()) {
      read.add(read(part, reader, expected, example));
    }
    return List.copyOf(read);
  }

  List<String> parts() {
    return Stream.of(SEPARATOR.split(text)).filter(part -> !part.isEmpty()).toList();
  }

  private <T> T read(String part, Reader<T> reader, String expected, String example)
      throws ConfigException {
    try {
      return reader.read(part);
    } catch (IllegalArgumentException e) {
      if (UNDERSCORE.matcher(part).matches()) {
        throw refused(
            "names a host with an underscore, which no URL and no certificate allows: "
                + shown(part),
            "name the host by another name, or by its address: getent hosts NAME");
      }
      throw refused(
          "is not " + expected + ": " + shown(part), "for example " + setting + "=" + example);
    }
  }

  ConfigException refused(String why, String hint) {
    return new ConfigException(setting + " in " + origin + " " + why, hint);
  }

  /** The value for a message; one that may hold a key or a password is not shown. */
  private static String shown(String text) {
    boolean secret = text.contains("-----") || text.contains("@") || text.contains("=");
    return secret ? "(not shown)" : Printable.of(text);
  }
}
