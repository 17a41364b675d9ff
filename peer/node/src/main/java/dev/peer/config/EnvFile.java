package dev.peer.config;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@code .env} file, at most 1 MiB. Lines that set a name of {@code PEER_} have this form, in
 * UTF-8:
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
 *   <li>a name may be assigned once
 * </ul>
 *
 * <p>All other lines are the application's, in whatever syntax. One of the form above has a value,
 * which a test can be given; a value of another form is an error for whoever asks for it. A value
 * in quotes may go over several lines, but no setting may stand within it.
 *
 * <p>Variables are never put in for {@code $NAME}.
 */
public final class EnvFile {

  /** The longest file that is read, in bytes. */
  public static final int LONGEST = 1 << 20;

  /** A repository without the file. */
  public static final EnvFile EMPTY = new EnvFile(Map.of(), Map.of());

  private static final Pattern OURS =
      Pattern.compile("[ \\t]*(?:export[ \\t]+)?" + Setting.PREFIX + ".*");
  private static final Pattern ASSIGNMENT =
      Pattern.compile("[ \\t]*(?:export[ \\t]+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)");
  private static final Pattern LOOSE_ASSIGNMENT =
      Pattern.compile("[ \\t]*(?:export[ \\t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \\t]*=[ \\t]*(.*)");
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._/:@%+,-]*");
  private static final Pattern NOTHING = Pattern.compile("[ \\t]*(?:#.*)?");
  private static final Pattern AFTER_QUOTE = Pattern.compile("[ \\t]*|[ \\t]+#.*");
  private static final Pattern COMMENT = Pattern.compile("[ \\t]#.*");
  private static final String UTF_8_MARK = "\u00ef\u00bb\u00bf";

  private final Map<String, Entry> entries;
  private final Map<String, ConfigException> unreadable;

  private EnvFile(Map<String, Entry> entries, Map<String, ConfigException> unreadable) {
    this.entries = entries;
    this.unreadable = unreadable;
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
    // A byte is a character here: a line of the application may be in any encoding.
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    if (text.indexOf('\0') >= 0) {
      throw new ConfigException(".env is not text: it has a NUL", "save .env as UTF-8");
    }
    String[] lines = unmarked(text).split("\r?\n", -1);
    EnvFile file = new EnvFile(new LinkedHashMap<>(), new HashMap<>());
    for (int i = 0; i < lines.length; i++) {
      if (OURS.matcher(lines[i]).matches()) {
        file.add(lines[i], i + 1);
      } else if (!NOTHING.matcher(lines[i]).matches()) {
        i = file.addOfApplication(lines, i);
      }
    }
    return file;
  }

  /**
   * A file with other values.
   *
   * @param bytes all of it
   * @param replaced the names whose line was another
   */
  public record Edited(byte[] bytes, List<String> replaced) {}

  /** Puts settings into the lines of a file; all other lines stay, in whatever encoding. */
  public static Edited with(byte[] before, Map<String, String> settings) {
    String text = new String(before, StandardCharsets.ISO_8859_1);
    List<String> lines = new ArrayList<>(List.of(text.split("\r?\n")));
    if (text.isEmpty()) {
      lines.clear();
    }
    List<String> replaced = new ArrayList<>();
    settings.forEach(
        (name, value) -> {
          String line = encoded(name + "=" + quoted(value));
          int at = indexOf(lines, name);
          if (at < 0) {
            lines.add(line);
          } else if (!lines.get(at).equals(line)) {
            replaced.add(name);
            lines.set(at, line);
          }
        });
    return new Edited(
        (String.join("\n", lines) + "\n").getBytes(StandardCharsets.ISO_8859_1), replaced);
  }

  private static int indexOf(List<String> lines, String name) {
    for (int i = 0; i < lines.size(); i++) {
      Matcher assignment = ASSIGNMENT.matcher(unmarked(lines.get(i)));
      if (assignment.matches() && assignment.group(1).equals(name)) {
        return i;
      }
    }
    return -1;
  }

  private static String unmarked(String text) {
    return text.startsWith(UTF_8_MARK) ? text.substring(UTF_8_MARK.length()) : text;
  }

  private static String quoted(String value) {
    return PLAIN.matcher(value).matches()
        ? value
        : "\"" + value.replaceAll("[\"\\\\$]", "\\\\$0").replace("\n", "\\n") + "\"";
  }

  /** With a byte for each character, as lines are here. */
  private static String encoded(String line) {
    return new String(line.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private void add(String line, int number) throws ConfigException {
    Matcher assignment = ASSIGNMENT.matcher(decoded(line, number));
    if (!assignment.matches()) {
      throw malformed(number, "NAME=value expected");
    }
    String name = assignment.group(1);
    String value = value(assignment.group(2), number);
    Entry before = entries.putIfAbsent(name, new Entry(value, number));
    if (before != null) {
      throw malformed(number, name + " is assigned already on line " + before.line());
    }
  }

  /** Returns the index of the last line that belongs to the one at {@code first}. */
  private int addOfApplication(String[] lines, int first) throws ConfigException {
    Matcher assignment = LOOSE_ASSIGNMENT.matcher(lines[first]);
    if (!assignment.matches()) {
      return first;
    }
    int last = lastOfValue(assignment.group(2), lines, first);
    for (int i = first + 1; i <= last; i++) {
      if (OURS.matcher(lines[i]).matches()) {
        throw malformed(
            i + 1, "no setting expected within the quotes that line " + (first + 1) + " opens");
      }
    }
    try {
      add(lines[first], first + 1);
    } catch (ConfigException e) {
      unreadable.putIfAbsent(assignment.group(1), e);
    }
    return last;
  }

  /** The line with the quote that closes this value, if it is alone there with a comment. */
  private static int lastOfValue(String value, String[] lines, int first) {
    if (value.isEmpty() || "'\"`".indexOf(value.charAt(0)) < 0) {
      return first;
    }
    char quote = value.charAt(0);
    if (closing(quote, value, 1) >= 0) {
      return first;
    }
    for (int i = first + 1; i < lines.length; i++) {
      int end = closing(quote, lines[i], 0);
      if (end >= 0) {
        return AFTER_QUOTE.matcher(lines[i].substring(end + 1)).matches() ? i : first;
      }
    }
    return first;
  }

  private static int closing(char quote, String text, int from) {
    for (int i = from; i < text.length(); i++) {
      if (text.charAt(i) == '\\' && quote == '"') {
        i++;
      } else if (text.charAt(i) == quote) {
        return i;
      }
    }
    return -1;
  }

  private static String decoded(String line, int number) throws ConfigException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(line.getBytes(StandardCharsets.ISO_8859_1)))
          .toString();
    } catch (CharacterCodingException e) {
      throw malformed(number, "UTF-8 expected");
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
    return Collections.unmodifiableSet(entries.keySet());
  }

  /**
   * The value of a name.
   *
   * @throws ConfigException if a line assigns one to it that cannot be read
   */
  public Optional<String> value(String name) throws ConfigException {
    if (unreadable.containsKey(name)) {
      throw unreadable.get(name);
    }
    return entry(name).map(Entry::value);
  }
}
