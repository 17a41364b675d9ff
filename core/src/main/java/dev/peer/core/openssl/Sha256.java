package dev.peer.core.openssl;

import java.security.DigestException;
import java.security.MessageDigestSpi;
import java.util.Objects;

/** SHA-256. Several threads get wrong digests of one, as of Java's own, and nothing worse. */
final class Sha256 extends MessageDigestSpi implements Cloneable {

  private static final int SIZE = 32;

  /** Of an {@code SHA256_CTX}. */
  static final int STATE_SIZE = 112;

  private byte[] state = new byte[STATE_SIZE];

  Sha256() {
    LibCrypto.beginSha256(state);
  }

  @Override
  protected int engineGetDigestLength() {
    return SIZE;
  }

  @Override
  protected void engineUpdate(byte input) {
    engineUpdate(new byte[] {input}, 0, 1);
  }

  @Override
  protected synchronized void engineUpdate(byte[] input, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, input.length);
    LibCrypto.updateSha256(state, input, offset, length);
  }

  @Override
  protected synchronized byte[] engineDigest() {
    byte[] digest = new byte[SIZE];
    LibCrypto.endSha256(state, digest, 0);
    LibCrypto.beginSha256(state);
    return digest;
  }

  @Override
  protected synchronized int engineDigest(byte[] into, int offset, int length)
      throws DigestException {
    if (length < SIZE) {
      throw new DigestException("the digest has " + SIZE + " bytes");
    }
    Objects.checkFromIndexSize(offset, length, into.length);
    LibCrypto.endSha256(state, into, offset);
    LibCrypto.beginSha256(state);
    return SIZE;
  }

  @Override
  protected synchronized void engineReset() {
    LibCrypto.beginSha256(state);
  }

  @Override
  public synchronized Sha256 clone() throws CloneNotSupportedException {
    Sha256 copy = (Sha256) super.clone();
    copy.state = state.clone();
    return copy;
  }
}
