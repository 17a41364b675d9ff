package dev.peer.core.id;

import java.util.regex.Pattern;

/**
 * Which branch a repository's trunk is: a branch of {@code origin} by its name, such as {@code
 * main}, or a branch by the full name of its ref, such as {@code refs/remotes/upstream/main}.
 *
 * @param text the name as git writes it
 */
public record TrunkName(String text) {

  /** The texts that git refuses in the name of a ref; see git-check-ref-format. */
  private static final Pattern NO_REF =
      Pattern.compile(
          "[/.-].*|.*(?:[\\x00-\\x20\\x7f~^:?*\\[\\\\]|\\.\\.|//|/\\.|@\\{|\\.lock/).*"
              + "|.*(?:/|\\.|\\.lock)|@|HEAD|",
          Pattern.DOTALL);

  private static final String REFS = "refs/";
  private static final Pattern FULL = Pattern.compile("refs/(?:heads|remotes)/.+");

  /** Refuses a text that names no branch, or names one ambiguously. */
  public TrunkName {
    if (NO_REF.matcher(text).matches()) {
      throw new IllegalArgumentException("not the name of a branch: " + Printable.of(text));
    }
    if (text.startsWith(REFS) && !FULL.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "not a ref of a branch (refs/heads/... or refs/remotes/... expected): "
              + Printable.of(text));
    }
    if (text.startsWith("origin/")) {
      throw new IllegalArgumentException(
          "a branch of origin is named without `origin/`: " + Printable.of(text));
    }
  }

  /** Whether it is the full name of a ref, and not that of a branch. */
  public boolean isRef() {
    return text.startsWith(REFS);
  }

  @Override
  public String toString() {
    return text;
  }
}
