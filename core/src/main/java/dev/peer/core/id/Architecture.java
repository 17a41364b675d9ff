package dev.peer.core.id;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * The architecture of a guest's processors. A guest image is of one, and with it the runs that use
 * the image.
 *
 * <p>To add one: a constant and its package here, its names and kernel's arguments in {@code
 * image/build}, its machine in {@code vm}'s {@code QemuArguments}, and the choice of it where
 * {@link #AMD64} is used.
 *
 * @param name the name that the kernel and QEMU give it; run keys, records and image manifests have
 *     this one
 */
public record Architecture(String name) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9_]{1,32}");

  /** 64-bit PCs. */
  public static final Architecture AMD64 = new Architecture("x86_64");

  private static final Map<Architecture, String> EMULATOR_PACKAGES =
      Map.of(AMD64, "qemu-system-x86");

  /** Refuses a text that names no architecture; one that is not known here has a name, too. */
  public Architecture {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "not an architecture (small letters, digits and _ expected): " + Printable.of(name));
    }
  }

  /** QEMU's program for machines of it. */
  public String emulator() {
    return "qemu-system-" + name;
  }

  /** The package of Debian with {@link #emulator}. */
  public String emulatorPackage() {
    return EMULATOR_PACKAGES.getOrDefault(this, emulator());
  }

  @Override
  public String toString() {
    return name;
  }
}
