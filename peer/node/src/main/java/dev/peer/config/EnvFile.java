package dev.peer.config;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@code .env} file: UTF-8, at most 64 KiB, one assignment a line.
 *
 * <ul>
 *   <li>{@code NAME=value}, also as {@code export NAME=value}; no blanks around the {@code =}
 *   <li>an unquoted value ends before a blank and {@code #}; blanks around it are dropped; all else
 *       in it stands for itself
 *   <li>{@code 'value'}: everything stands for itself
 *   <li>{@code "value"}: {@code \n}, {@code \"}, {@code \\} and {@code \$} are a line break and the
 *       three characters, any other backslash is an error; all else stands for itself, a {@code $}
 *       too
 *   <li>after a quoted value only blanks, or a blank and a comment
 *   <li>empty lines and lines starting with {@code #} say nothing
 *   <li>a name may be assigned once
 * </ul>
 *
 * <p>Variables are never put in for {@code $NAME}, and no value goes over a line's end.
 */
public final class EnvFile {

  /** The longest file that is read, in bytes. */
  public static final int LONGEST = 64 << 10;

  /** A repository without the file. */
  public static final EnvFile EMPTY = new EnvFile(Map.of());

  private static final Pattern ASSIGNMENT =
      Pattern.compile("[ \\t]*(?:export[ \\t]+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)");
  private static final Pattern NOTHING = Pattern.compile("[ \\t]*(?:#.*)?");
  private static final Pattern AFTER_QUOTE = Pattern.compile("[ \\t]*|[ \\t]+#.*");
  private static final Pattern COMMENT = Pattern.compile("[ \\t]#.*");

  private final Map<String, Entry> entries;

  private EnvFile(Map<String, Entry> entries) {
    this.entries = entries;
  }

  /** A value, and the line that it is on, from 1. */
  record Entry(String value, int line) {}

  /** Takes the file's bytes. */
  public static EnvFile parse(byte[] bytes) throws ConfigException {
    if (bytes.length > LONGEST) {
      throw new ConfigException(
          ".env has " + bytes.length + " bytes; at most " + LONGEST + " are read",
          "keep only settings and variables in .env");
    }
    String[] lines = text(bytes).split("\n", -1);
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (int i = 0; i < lines.length; i++) {
      String line =
          lines[i].endsWith("\r") ? lines[i].substring(0, lines[i].length() - 1) : lines[i];
      if (!NOTHING.matcher(line).matches()) {
        add(entries, line, i + 1);
      }
    }
    return new EnvFile(Collections.unmodifiableMap(entries));
  }

  private static String text(byte[] bytes) throws ConfigException {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (text.indexOf('\0') < 0) {
        return text.startsWith("\ufeff") ? text.substring(1) : text;
      }
    } catch (CharacterCodingException e) {
      // Refused below, as a file with a NUL is: both are no text.
    }
    throw new ConfigException(".env is not UTF-8 text", "save .env as UTF-8");
  }

  private static void add(Map<String, Entry> entries, String line, int number)
      throws ConfigException {
    Matcher assignment = ASSIGNMENT.matcher(line);
    if (!assignment.matches()) {
      throw malformed(number, "NAME=value expected");
    }
    String name = assignment.group(1);
    Entry before = entries.put(name, new Entry(value(assignment.group(2), number), number));
    if (before != null) {
      throw malformed(number, name + " is assigned already on line " + before.line());
    }
  }

  private static String value(String text, int line) throws ConfigException {
    return switch (text.isEmpty() ? ' ' : text.charAt(0)) {
      case '\'' -> singleQuoted(text, line);
      case '"' -> doubleQuoted(text, line);
      default -> COMMENT.matcher(text).replaceFirst("").strip();
    };
  }

  private static String singleQuoted(String text, int line) throws ConfigException {
    int end = text.indexOf('\'', 1);
    if (end < 0) {
      throw malformed(line, "a closing ' expected");
    }
    requireEnd(text.substring(end + 1), line);
    return text.substring(1, end);
  }

  private static String doubleQuoted(String text, int line) throws ConfigException {
    StringBuilder value = new StringBuilder(text.length());
    int at = 1;
    while (at < text.length() && text.charAt(at) != '"') {
      char c = text.charAt(at++);
      value.append(c == '\\' ? unescaped(at < text.length() ? text.charAt(at++) : ' ', line) : c);
    }
    if (at == text.length()) {
      throw malformed(line, "a closing \" expected");
    }
    requireEnd(text.substring(at + 1), line);
    return value.toString();
  }

  private static char unescaped(char c, int line) throws ConfigException {
    return switch (c) {
      case 'n' -> '\n';
      case '"', '\\', '$' -> c;
      default -> throw malformed(line, "after \\ in double quotes one of n \" \\ $ expected");
    };
  }

  private static void requireEnd(String rest, int line) throws ConfigException {
    if (!AFTER_QUOTE.matcher(rest).matches()) {
      throw malformed(line, "nothing but a comment expected after the closing quote");
    }
  }

  /** Shows nothing of the line: it may hold a password. */
  private static ConfigException malformed(int line, String what) {
    return new ConfigException(
        ".env, line " + line + ": " + what,
        "lines are NAME=value, NAME='value' or NAME=\"value\"; comments start with #");
  }

  Optional<Entry> entry(String name) {
    return Optional.ofNullable(entries.get(name));
  }

  /** The names that are assigned, in the file's order. */
  public Set<String> names() {
    return entries.keySet();
  }

  /** The value of a name. */
  public Optional<String> value(String name) {
    return entry(name).map(Entry::value);
  }
}
