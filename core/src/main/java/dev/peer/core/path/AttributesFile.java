package dev.peer.core.path;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A {@code .gitattributes} file (gitattributes(5)), read as git reads it: what git does not
 * understand says nothing. Values are as {@code git check-attr} prints them.
 */
public final class AttributesFile {

  private static final String MACRO = "[attr]";
  private static final int LONGEST_LINE = 2047;
  private static final Pattern BLANKS = Pattern.compile("[ \t\r]+");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.][-A-Za-z0-9_.]*");
  private static final Map<String, List<Setting>> BUILT_IN =
      Map.of(
          "binary",
          Stream.of("diff", "merge", "text").map(name -> new Setting(name, "unset")).toList());

  private final List<Rule> rules = new ArrayList<>();
  private final Map<String, List<Setting>> macros = new HashMap<>(BUILT_IN);

  private record Setting(String name, String value) {}

  /** What a line says of the files that its pattern matches. */
  private record Rule(byte[] pattern, List<Setting> settings) {

    boolean matches(byte[] path) {
      if (pattern.length == 0 || pattern[pattern.length - 1] == '/') {
        return false;
      }
      int slash = new String(pattern, StandardCharsets.ISO_8859_1).indexOf('/');
      if (slash < 0) {
        int name = new String(path, StandardCharsets.ISO_8859_1).lastIndexOf('/') + 1;
        return Wildmatch.matches(
            pattern, Arrays.copyOfRange(path, name, path.length), false, false);
      }
      int from = slash == 0 ? 1 : 0;
      int plain = Wildmatch.plain(pattern, from);
      int length = plain - from;
      return path.length >= length
          && Arrays.equals(pattern, from, plain, path, 0, length)
          && Wildmatch.matches(
              Arrays.copyOfRange(pattern, plain, pattern.length),
              Arrays.copyOfRange(path, length, path.length),
              true,
              false);
    }
  }

  private AttributesFile() {}

  /** Reads a file. */
  public static AttributesFile parse(byte[] content) {
    AttributesFile file = new AttributesFile();
    String text = new String(content, StandardCharsets.ISO_8859_1);
    String withoutMark = text.startsWith("\u00ef\u00bb\u00bf") ? text.substring(3) : text;
    Stream.of(withoutMark.split("\n"))
        .filter(line -> line.length() <= LONGEST_LINE)
        .forEach(file::add);
    return file;
  }

  private void add(String whole) {
    String line = whole.replaceFirst("^[ \t\r]+", "");
    if (line.isEmpty() || line.startsWith("#")) {
      return;
    }
    Optional<String> quoted = line.startsWith("\"") ? quoted(line) : Optional.empty();
    String pattern = quoted.orElseGet(() -> BLANKS.split(line, 2)[0]);
    int end = quoted.isPresent() ? closingQuote(line) + 1 : pattern.length();
    Optional<List<Setting>> settings = settings(line.substring(end));
    if (settings.isEmpty()) {
      return;
    }
    if (line.startsWith(MACRO)) {
      macros.put(line.substring(MACRO.length(), end), settings.get());
    } else if (!pattern.startsWith("!")) {
      rules.add(new Rule(pattern.getBytes(StandardCharsets.ISO_8859_1), settings.get()));
    }
  }

  /** Empty if one of them has no name that an attribute can have. */
  private static Optional<List<Setting>> settings(String text) {
    List<Setting> settings = new ArrayList<>();
    for (String word : BLANKS.split(text)) {
      if (word.isEmpty()) {
        continue;
      }
      boolean turned = word.startsWith("-") || word.startsWith("!");
      int equals = word.indexOf('=');
      String name = word.substring(turned ? 1 : 0, equals < 0 ? word.length() : equals);
      if (!NAME.matcher(name).matches()) {
        return Optional.empty();
      }
      String value = equals < 0 ? "set" : word.substring(equals + 1);
      settings.add(
          new Setting(name, turned ? word.startsWith("-") ? "unset" : "unspecified" : value));
    }
    return Optional.of(settings);
  }

  private static int closingQuote(String line) {
    int at = 1;
    while (at < line.length() && line.charAt(at) != '"') {
      at += line.charAt(at) == '\\' ? 2 : 1;
    }
    return at < line.length() ? at : -1;
  }

  /** A name in double quotes, with C's escapes; empty if it does not end as one. */
  private static Optional<String> quoted(String line) {
    int end = closingQuote(line);
    if (end < 0) {
      return Optional.empty();
    }
    ByteArrayOutputStream name = new ByteArrayOutputStream();
    int at = 1;
    while (at < end) {
      char one = line.charAt(at);
      char next = line.charAt(at + 1);
      int known = "abfnrtv\\\"".indexOf(next);
      if (one != '\\') {
        name.write(one);
        at++;
      } else if (known >= 0) {
        name.write("\u0007\b\f\n\r\t\u000b\\\"".charAt(known));
        at += 2;
      } else if (at + 4 <= end && line.substring(at + 1, at + 4).matches("[0-3][0-7][0-7]")) {
        name.write(Integer.parseInt(line.substring(at + 1, at + 4), 8));
        at += 4;
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(name.toString(StandardCharsets.ISO_8859_1));
  }

  /** Whether it can set this attribute. */
  public boolean names(String attribute) {
    return Stream.concat(rules.stream().map(Rule::settings), macros.values().stream())
        .flatMap(List::stream)
        .anyMatch(setting -> setting.name().equals(attribute));
  }

  /**
   * Adds what this file says of a file in or below its directory. Attributes that are there stay:
   * those of a file nearer to it count.
   *
   * @param path from this file's directory
   * @param root the file at the root, which alone defines macros
   */
  public void addTo(Map<String, String> attributes, byte[] path, AttributesFile root) {
    for (Rule rule : rules.reversed()) {
      if (rule.matches(path)) {
        add(attributes, rule.settings(), root);
      }
    }
  }

  private static void add(
      Map<String, String> attributes, List<Setting> settings, AttributesFile root) {
    for (Setting setting : settings.reversed()) {
      if (attributes.putIfAbsent(setting.name(), setting.value()) == null
          && setting.value().equals("set")) {
        add(attributes, root.macros.getOrDefault(setting.name(), List.of()), root);
      }
    }
  }
}
