package dev.peer.core.id;

import java.util.regex.Pattern;

/** The id of a git tree: 40 lower-case hexadecimal digits. */
public record TreeId(String hex) implements Comparable<TreeId> {

  private static final Pattern HEX = Pattern.compile("[0-9a-f]{40}");

  /** Takes the 40 hexadecimal digits. */
  public TreeId {
    if (!HEX.matcher(hex).matches()) {
      throw new IllegalArgumentException(
          "not a git tree id (40 lower-case hexadecimal digits expected): " + Printable.of(hex));
    }
  }

  @Override
  public int compareTo(TreeId other) {
    return hex.compareTo(other.hex);
  }

  @Override
  public String toString() {
    return hex;
  }
}
