package dev.peer.core.record;

import dev.peer.core.id.Printable;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/**
 * What the owner, the group and others may do with a file.
 *
 * @param bits nine bits, as {@code chmod} counts them
 */
public record FileMode(int bits) {

  /** The mode of a file unless it says otherwise. */
  public static final FileMode PLAIN = new FileMode(0644);

  /** The mode of a program unless it says otherwise. */
  public static final FileMode EXECUTABLE = new FileMode(0755);

  /** The mode of a directory unless it says otherwise. */
  public static final FileMode DIRECTORY = new FileMode(0755);

  /** The bits beyond what may be done: setuid, setgid and sticky. */
  private static final int SPECIAL = 07000;

  private static final int MOST = 0777;
  private static final int OWNER_MAY_RUN = 0100;

  /** Refuses other bits. */
  public FileMode {
    if (bits < 0 || bits > MOST) {
      throw new IllegalArgumentException(
          "not a file's mode (0 to 0777 expected): 0" + Integer.toOctalString(bits));
    }
  }

  /** The mode of what a tar's header says, without the special bits. */
  public static FileMode of(int header) {
    return new FileMode(header & MOST);
  }

  /** The names of a header's special bits, which no mode has; empty if it has none. */
  public static String special(int header) {
    return switch ((header & SPECIAL) >> 9) {
      case 0 -> "";
      case 1 -> "sticky";
      case 2 -> "setgid";
      case 3 -> "setgid and sticky";
      case 4 -> "setuid";
      case 5 -> "setuid and sticky";
      case 6 -> "setuid and setgid";
      default -> "setuid, setgid and sticky";
    };
  }

  /** Parses four octal digits. */
  public static FileMode parse(String text) {
    if (!text.matches("0[0-7]{3}")) {
      throw new IllegalArgumentException(
          "not a file's mode (four octal digits such as 0640 expected): " + Printable.of(text));
    }
    return new FileMode(Integer.parseInt(text, 8));
  }

  /** Whether the owner may run it. */
  public boolean executable() {
    return (bits & OWNER_MAY_RUN) != 0;
  }

  /** Whether it is one of the two modes of a file that git knows. */
  public boolean isUsual() {
    return equals(PLAIN) || equals(EXECUTABLE);
  }

  /** The same as a set. */
  public Set<PosixFilePermission> permissions() {
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    PosixFilePermission[] all = PosixFilePermission.values();
    for (int i = 0; i < all.length; i++) {
      if ((bits & (0400 >> i)) != 0) {
        permissions.add(all[i]);
      }
    }
    return permissions;
  }

  /** Four octal digits. */
  @Override
  public String toString() {
    return String.format("%04o", bits);
  }
}
