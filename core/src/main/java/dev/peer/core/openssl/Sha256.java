package dev.peer.core.openssl;

import java.security.DigestException;
import java.security.MessageDigestSpi;
import java.util.Objects;

/** SHA-256. */
final class Sha256 extends MessageDigestSpi implements Cloneable {

  private static final int SIZE = 32;

  /** Of an {@code SHA256_CTX}. */
  private static final int STATE_SIZE = 112;

  private byte[] state = new byte[STATE_SIZE];
  private final byte[] one = new byte[1];

  Sha256() {
    LibCrypto.beginSha256(state);
  }

  @Override
  protected int engineGetDigestLength() {
    return SIZE;
  }

  @Override
  protected void engineUpdate(byte input) {
    one[0] = input;
    LibCrypto.updateSha256(state, one, 0, 1);
  }

  @Override
  protected void engineUpdate(byte[] input, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, input.length);
    LibCrypto.updateSha256(state, input, offset, length);
  }

  @Override
  protected byte[] engineDigest() {
    byte[] digest = new byte[SIZE];
    LibCrypto.endSha256(state, digest, 0);
    LibCrypto.beginSha256(state);
    return digest;
  }

  @Override
  protected int engineDigest(byte[] into, int offset, int length) throws DigestException {
    if (length < SIZE) {
      throw new DigestException("the digest has " + SIZE + " bytes");
    }
    Objects.checkFromIndexSize(offset, length, into.length);
    LibCrypto.endSha256(state, into, offset);
    LibCrypto.beginSha256(state);
    return SIZE;
  }

  @Override
  protected void engineReset() {
    LibCrypto.beginSha256(state);
  }

  @Override
  public Sha256 clone() throws CloneNotSupportedException {
    Sha256 copy = (Sha256) super.clone();
    copy.state = state.clone();
    return copy;
  }
}
