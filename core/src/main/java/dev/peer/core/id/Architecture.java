package dev.peer.core.id;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * The architecture of a guest's processors. A guest image is of one, and with it the runs that use
 * the image.
 *
 * <p>To add one: a constant and a row of names here, and its files in {@code image/build}.
 *
 * @param name the name that the kernel and QEMU give it; run keys, records and image manifests have
 *     this one
 */
public record Architecture(String name) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9_]{1,32}");

  /** 64-bit PCs. */
  public static final Architecture AMD64 = new Architecture("x86_64");

  private static final Map<Architecture, DebianNames> DEBIAN =
      Map.of(AMD64, new DebianNames("amd64", "qemu-system-x86"));

  /**
   * The names in Debian.
   *
   * @param architecture the name of the architecture, which container images have as well
   * @param emulator the package with QEMU for it
   */
  private record DebianNames(String architecture, String emulator) {}

  /** Refuses a text that names no architecture; one that is not known here has a name, too. */
  public Architecture {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "not an architecture (small letters, digits and _ expected): " + Printable.of(name));
    }
  }

  /** The name in Debian and in container images, such as {@code amd64}. */
  public String debianName() {
    return debian().architecture();
  }

  /** QEMU's program for machines of it. */
  public String emulator() {
    return "qemu-system-" + name;
  }

  /** The package of Debian with {@link #emulator}. */
  public String emulatorPackage() {
    return debian().emulator();
  }

  private DebianNames debian() {
    return DEBIAN.getOrDefault(this, new DebianNames(name, emulator()));
  }

  @Override
  public String toString() {
    return name;
  }
}
