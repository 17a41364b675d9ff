package dev.peer.rendezvous;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * The key by which a repository or a run is found: 32 bytes, whatever the length of the name. A
 * party that chooses colliding run keys gains nothing: a hash table orders colliding keys.
 */
record Fingerprint(long a, long b, long c, long d) implements Comparable<Fingerprint> {

  /** Of nothing so far, to be copied: Java looks for a new one among all its providers. */
  private static final MessageDigest EMPTY = Digest.sha256();

  /** SHA-256 over the name: nobody can find another name with it. */
  static Fingerprint of(RepoId repo) {
    byte[] name = repo.text().getBytes(StandardCharsets.UTF_8);
    ByteBuffer hash = ByteBuffer.wrap(copyOfEmpty().digest(name));
    return new Fingerprint(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
  }

  private static MessageDigest copyOfEmpty() {
    try {
      return (MessageDigest) EMPTY.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("SHA-256 of each of our providers can be copied", e);
    }
  }

  /** The key's own bytes. */
  static Fingerprint of(RunKey key) {
    String hex = key.hex();
    return new Fingerprint(part(hex, 0), part(hex, 1), part(hex, 2), part(hex, 3));
  }

  /** The run key whose fingerprint this is. */
  RunKey runKey() {
    HexFormat hex = HexFormat.of();
    return RunKey.ofHex(
        hex.toHexDigits(a) + hex.toHexDigits(b) + hex.toHexDigits(c) + hex.toHexDigits(d));
  }

  private static long part(String hex, int number) {
    return HexFormat.fromHexDigitsToLong(hex, 16 * number, 16 * number + 16);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(a ^ b ^ c ^ d);
  }

  @Override
  public int compareTo(Fingerprint other) {
    int order = Long.compare(a, other.a);
    order = order == 0 ? Long.compare(b, other.b) : order;
    order = order == 0 ? Long.compare(c, other.c) : order;
    return order == 0 ? Long.compare(d, other.d) : order;
  }
}
