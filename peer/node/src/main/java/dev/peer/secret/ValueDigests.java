package dev.peer.secret;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.peer.core.scratch.PrivatePath;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.secret.SecretException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Digests of variables' values for display in place of the values: HMAC-SHA256 with a key of this
 * machine alone, so that a reader cannot find the value by trying. The same value of the same
 * variable has the same digest on this machine, and another one elsewhere.
 */
public final class ValueDigests {

  private static final String ALGORITHM = "HmacSHA256";
  private static final int KEY_BYTES = 32;
  private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rw-------");

  private final SecretKeySpec key;

  private ValueDigests(byte[] key) {
    this.key = new SecretKeySpec(key, ALGORITHM);
  }

  /**
   * With the key in this file, which is made with mode 0600 if there is none.
   *
   * @throws SecretException if others could read the key, or it is none
   */
  public static ValueDigests of(Path file) throws IOException, SecretException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      make(file);
    }
    if (!PrivatePath.isOurs(file, MODE)) {
      throw refused(file, "is another user's, a link, or open to others");
    }
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      byte[] key = in.readNBytes(KEY_BYTES + 1);
      if (key.length != KEY_BYTES) {
        throw refused(file, "does not have " + KEY_BYTES + " bytes");
      }
      return new ValueDigests(key);
    }
  }

  /** The digest of a variable's value, 64 hexadecimal digits. */
  public String of(String variable, String value) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(variable.getBytes(UTF_8));
      mac.update((byte) 0);
      return HexFormat.of().formatHex(mac.doFinal(value.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JVM has " + ALGORITHM, e);
    }
  }

  /** Another process may do the same right now: the first one's key stays. */
  private static void make(Path file) throws IOException {
    ScratchDirectory.createPrivate(file.getParent());
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    Path made =
        Files.createTempFile(
            file.getParent(), ".digest-key-", "", PosixFilePermissions.asFileAttribute(MODE));
    try {
      Files.write(made, key);
      Files.createLink(file, made);
    } catch (FileAlreadyExistsException e) {
      // A faster process has made an equal one.
      return;
    } finally {
      Files.delete(made);
    }
  }

  private static SecretException refused(Path file, String why) {
    return new SecretException(
        "the key of the digests, " + file + ", " + why,
        "remove it: another is made, and digests shown before no longer compare");
  }
}
