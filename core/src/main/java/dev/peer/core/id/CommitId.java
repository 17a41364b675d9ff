package dev.peer.core.id;

import java.util.regex.Pattern;

/** The id of a git commit: 40 lower-case hexadecimal digits. */
public record CommitId(String hex) implements Comparable<CommitId> {

  private static final Pattern HEX = Pattern.compile("[0-9a-f]{40}");

  /** Takes the 40 hexadecimal digits. */
  public CommitId {
    if (!HEX.matcher(hex).matches()) {
      throw new IllegalArgumentException(
          "not a git commit id (40 lower-case hexadecimal digits expected): " + Printable.of(hex));
    }
  }

  @Override
  public int compareTo(CommitId other) {
    return hex.compareTo(other.hex);
  }

  @Override
  public String toString() {
    return hex;
  }
}
