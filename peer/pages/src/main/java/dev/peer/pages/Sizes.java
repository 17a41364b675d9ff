package dev.peer.pages;

import java.util.Locale;

/** Numbers of bytes for people. */
final class Sizes {

  private static final long KIBIBYTE = 1 << 10;
  private static final double MEBIBYTE = 1 << 20;

  private Sizes() {}

  static String text(long bytes) {
    return bytes < KIBIBYTE
        ? bytes + (bytes == 1 ? " byte" : " bytes")
        : bytes < MEBIBYTE
            ? String.format(Locale.ROOT, "%.1f KiB", bytes / (double) KIBIBYTE)
            : String.format(Locale.ROOT, "%.1f MiB", bytes / MEBIBYTE);
  }
}
