package dev.peer.core.id;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256 digest. Its text form is {@code sha256:} and 64 lower-case hexadecimal digits. */
public final class Digest implements Comparable<Digest> {

  private static final String PREFIX = "sha256:";
  private static final int DIGITS = 64;

  private final String hex;

  private Digest(String hex) {
    this.hex = hex;
  }

  /** Takes the 64 hexadecimal digits alone. */
  public static Digest ofHex(String hex) {
    if (hex.length() != DIGITS || !isHex(hex)) {
      throw new IllegalArgumentException(
          "not a SHA-256 digest (64 lower-case hexadecimal digits expected): " + Printable.of(hex));
    }
    return new Digest(hex);
  }

  private static boolean isHex(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  /** Takes the text form, {@code sha256:...}. */
  public static Digest parse(String text) {
    if (!text.startsWith(PREFIX)) {
      throw new IllegalArgumentException(
          "not a digest (sha256: and 64 hexadecimal digits expected): " + Printable.of(text));
    }
    return ofHex(text.substring(PREFIX.length()));
  }

  /** The digest of these bytes. */
  public static Digest of(byte[] bytes) {
    return ofHash(sha256().digest(bytes));
  }

  /** The digest of the file's bytes. */
  public static Digest of(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return of(in);
    }
  }

  /** The digest of the rest of the stream, which stays open. */
  public static Digest of(InputStream in) throws IOException {
    MessageDigest sha256 = sha256();
    byte[] buffer = new byte[1 << 16];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      sha256.update(buffer, 0, n);
    }
    return ofFinished(sha256);
  }

  /** The digest that a finished SHA-256 computation yields; the computation is reset. */
  public static Digest ofFinished(MessageDigest sha256) {
    return ofHash(sha256.digest());
  }

  /** A new SHA-256 computation. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  private static Digest ofHash(byte[] hash) {
    return new Digest(HexFormat.of().formatHex(hash));
  }

  /** The 64 hexadecimal digits. */
  public String hex() {
    return hex;
  }

  @Override
  public int compareTo(Digest other) {
    return hex.compareTo(other.hex);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Digest that && hex.equals(that.hex);
  }

  @Override
  public int hashCode() {
    return hex.hashCode();
  }

  /** The text form, {@code sha256:...}. */
  @Override
  public String toString() {
    return PREFIX + hex;
  }
}
