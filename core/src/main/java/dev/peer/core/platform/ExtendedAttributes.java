package dev.peer.core.platform;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The extended attributes of files, through the library of {@code src/main/c/files.c}: Java shows
 * those alone that users name, and the way of {@link CLibrary} takes longer than a copy of 256 MiB.
 */
final class ExtendedAttributes {

  /** The library's path; the installed command sets it. */
  private static final String LIBRARY = "peer.files";

  private static final boolean LOADED = load();

  private ExtendedAttributes() {}

  @SuppressWarnings("restricted")
  private static boolean load() {
    String library = System.getProperty(LIBRARY);
    if (library == null) {
      return false;
    }
    try {
      System.load(Path.of(library).toAbsolutePath().toString());
      return true;
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }

  /** Whether it is known that a file has none. A name that is no UTF-8 is not found. */
  static boolean areNone(Path file) {
    return LOADED && areNone(file.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static native boolean areNone(byte[] path);
}
