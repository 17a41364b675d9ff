package dev.peer.core.access;

import dev.peer.core.id.Printable;
import dev.peer.core.trust.Identity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which validated certificates may do something, by the names in them.
 *
 * <pre>
 *   rule        = "" | "nobody" | "anyone" | alternative *( "," alternative )
 *                                      any alternative admits; none: nobody alternative = term *( "+" term )                        all terms must match
 *   term        = ("uri:" | "dns:" | "ou:" | "cn:" | "issuer:") pattern
 * </pre>
 *
 * <p>In a pattern {@code *} stands for any characters, also none, also {@code /} and {@code .}; a
 * backslash takes {@code , + * ;} and itself for what they are. Blanks around a term are ignored. A
 * term matches if any name of its kind does: {@code uri:} and {@code dns:} the subject alternative
 * names, {@code ou:} and {@code cn:} the subject's attributes, save a common name that is a host's
 * full name and not among the DNS names that are there, {@code issuer:} the RFC 2253 name of the
 * authority that issued the certificate. Upper and lower case differ, save in {@code dns:}.
 */
public final class AccessRule {

  private static final int LONGEST = 8192;
  private static final String SPECIAL = ",+*;\\";
  private static final AccessRule ANYONE = new AccessRule(true, List.of());
  private static final AccessRule NOBODY = new AccessRule(false, List.of());

  private final boolean anyone;
  private final List<Alternative> alternatives;

  private AccessRule(boolean anyone, List<Alternative> alternatives) {
    this.anyone = anyone;
    this.alternatives = alternatives;
  }

  /** The rule that admits every certificate below the trust anchors. */
  public static AccessRule anyone() {
    return ANYONE;
  }

  /** Reads a rule; the empty text admits nobody. */
  public static AccessRule parse(String text) {
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException(
          "a rule has at most " + LONGEST + " characters, this one " + text.length());
    }
    if (text.isBlank() || text.strip().equals(NOBODY.toString())) {
      return NOBODY;
    }
    if (text.strip().equals(ANYONE.toString())) {
      return ANYONE;
    }
    List<Alternative> alternatives = new ArrayList<>();
    for (String alternative : split(text, ',')) {
      List<Term> terms = new ArrayList<>();
      for (String term : split(alternative, '+')) {
        terms.add(Term.parse(term));
      }
      alternatives.add(new Alternative(List.copyOf(terms)));
    }
    return new AccessRule(false, List.copyOf(alternatives));
  }

  /**
   * Reads a rule from a file: each line holds any number of alternatives. Empty lines and lines
   * that begin with {@code #} are ignored; without any other line the rule admits nobody.
   */
  public static AccessRule parseLines(String text) {
    return new AccessRule(
        false,
        text.lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
            .flatMap(line -> parse(line).alternatives.stream())
            .toList());
  }

  /** Every term that matches this identity by a whole name: the parts for a rule that admits it. */
  public static List<String> termsFor(Identity identity) {
    return Arrays.stream(Field.values())
        .flatMap(
            field ->
                field.of(identity).stream()
                    .map(name -> field.prefix() + name.replaceAll("[,+*;\\\\]", "\\\\$0")))
        .toList();
  }

  /** Whether the rule admits the holder of a certificate that has been validated. */
  public boolean admits(Identity identity) {
    return anyone || admittedBy(identity).isPresent();
  }

  /** The first alternative that matches, as it was written; nothing where no pattern was needed. */
  public Optional<String> admittedBy(Identity identity) {
    return alternatives.stream()
        .filter(alternative -> alternative.matches(identity))
        .findFirst()
        .map(Alternative::toString);
  }

  /**
   * The terms, as written, that the identity lacks for the alternative that comes closest; none if
   * the rule admits it, or has no alternative.
   */
  public List<String> lacking(Identity identity) {
    return alternatives.stream()
        .map(alternative -> alternative.lacking(identity))
        .min(Comparator.comparingInt(List::size))
        .orElse(List.of());
  }

  /** The rule in its parsable form: {@code anyone} or {@code nobody} if it has no patterns. */
  @Override
  public String toString() {
    if (alternatives.isEmpty()) {
      return anyone ? "anyone" : "nobody";
    }
    return alternatives.stream().map(Alternative::toString).collect(Collectors.joining(","));
  }

  /** The parts between separators that no backslash stands before; backslashes stay. */
  static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\\') {
        i++;
      } else if (text.charAt(i) == separator) {
        parts.add(text.substring(start, i));
        start = i + 1;
      }
    }
    parts.add(text.substring(start));
    return parts;
  }

  private record Alternative(List<Term> terms) {

    boolean matches(Identity identity) {
      return terms.stream().allMatch(term -> term.matches(identity));
    }

    List<String> lacking(Identity identity) {
      return terms.stream().filter(term -> !term.matches(identity)).map(Term::toString).toList();
    }

    @Override
    public String toString() {
      return terms.stream().map(Term::toString).collect(Collectors.joining("+"));
    }
  }

  private enum Field {
    URI,
    DNS,
    OU,
    CN,
    ISSUER;

    List<String> of(Identity identity) {
      return switch (this) {
        case URI -> identity.uris();
        case DNS -> identity.dnsNames();
        case OU -> identity.organizationalUnits();
        case CN -> identity.commonNames();
        case ISSUER -> List.of(identity.issuer());
      };
    }

    String prefix() {
      return name().toLowerCase(Locale.ROOT) + ":";
    }
  }

  private record Term(Field field, String written, Glob glob) {

    static Term parse(String untrimmed) {
      String text = untrimmed.strip();
      for (Field field : Field.values()) {
        if (text.startsWith(field.prefix())) {
          String pattern = text.substring(field.prefix().length());
          if (!pattern.isEmpty()) {
            return new Term(field, text, glob(text, field, pattern));
          }
        }
      }
      throw malformed(text);
    }

    private static Glob glob(String text, Field field, String pattern) {
      String folded = field == Field.DNS ? pattern.toLowerCase(Locale.ROOT) : pattern;
      List<String> literals = new ArrayList<>();
      StringBuilder literal = new StringBuilder();
      for (int i = 0; i < folded.length(); i++) {
        char c = folded.charAt(i);
        if (c == '*') {
          literals.add(literal.toString());
          literal.setLength(0);
        } else if (c != '\\') {
          literal.append(c);
        } else if (i + 1 < folded.length() && SPECIAL.indexOf(folded.charAt(i + 1)) >= 0) {
          literal.append(folded.charAt(++i));
        } else {
          throw malformed(text);
        }
      }
      literals.add(literal.toString());
      return new Glob(literals);
    }

    private static IllegalArgumentException malformed(String text) {
      return new IllegalArgumentException(
          "not a term of a rule (uri:, dns:, ou:, cn: or issuer: and a pattern expected, with a"
              + " backslash before any , + ; or \\ of the name): "
              + Printable.of(text));
    }

    boolean matches(Identity identity) {
      return field.of(identity).stream().anyMatch(glob::matches);
    }

    @Override
    public String toString() {
      return written;
    }
  }
}
