package dev.peer.core.openssl;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.Objects;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.CipherSpi;
import javax.crypto.NoSuchPaddingException;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.GCMParameterSpec;

/**
 * AES in Galois counter mode as TLS uses it: a nonce of 12 bytes, which the caller names for each
 * message, and a tag of 16. Another provider gets other parameters.
 */
final class AesGcm extends CipherSpi {

  static final int IV_SIZE = 12;
  static final int TAG_SIZE = 16;

  private boolean seals;
  private boolean isReady;
  private byte[] key;
  private byte[] iv;
  private byte[] lastKey;
  private byte[] lastIv;
  private final ByteArrayOutputStream aad = new ByteArrayOutputStream();

  /** What came in parts. */
  private final ByteArrayOutputStream parts = new ByteArrayOutputStream();

  @Override
  protected void engineSetMode(String mode) throws NoSuchAlgorithmException {
    throw new NoSuchAlgorithmException("only GCM");
  }

  @Override
  protected void engineSetPadding(String padding) throws NoSuchPaddingException {
    throw new NoSuchPaddingException("only none");
  }

  @Override
  protected int engineGetBlockSize() {
    return TAG_SIZE;
  }

  @Override
  protected int engineGetOutputSize(int length) {
    int size = parts.size() + length;
    return seals ? Math.addExact(size, TAG_SIZE) : Math.max(0, size - TAG_SIZE);
  }

  @Override
  protected byte[] engineGetIV() {
    return iv == null ? null : iv.clone();
  }

  @Override
  protected AlgorithmParameters engineGetParameters() {
    if (iv == null) {
      return null;
    }
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("GCM");
      parameters.init(new GCMParameterSpec(TAG_SIZE * Byte.SIZE, iv));
      return parameters;
    } catch (GeneralSecurityException e) {
      throw new ProviderException("every Java runtime has AES-GCM", e);
    }
  }

  @Override
  protected void engineInit(int mode, Key with, SecureRandom random) throws InvalidKeyException {
    throw new InvalidKeyException("the nonce is missing");
  }

  @Override
  protected void engineInit(int mode, Key with, AlgorithmParameters parameters, SecureRandom random)
      throws InvalidAlgorithmParameterException {
    throw new InvalidAlgorithmParameterException("parameters as a GCMParameterSpec alone");
  }

  @Override
  protected void engineInit(
      int mode, Key with, AlgorithmParameterSpec parameters, SecureRandom random)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    isReady = false;
    if (mode != Cipher.ENCRYPT_MODE && mode != Cipher.DECRYPT_MODE) {
      throw new InvalidAlgorithmParameterException("encrypts and decrypts alone");
    }
    if (!(parameters instanceof GCMParameterSpec named)
        || named.getTLen() != TAG_SIZE * Byte.SIZE
        || named.getIV().length != IV_SIZE) {
      throw new InvalidAlgorithmParameterException("a nonce of 12 bytes and a tag of 16");
    }
    byte[] bytes = bytes(with);
    seals = mode == Cipher.ENCRYPT_MODE;
    if (seals && Arrays.equals(bytes, lastKey) && Arrays.equals(named.getIV(), lastIv)) {
      throw new InvalidAlgorithmParameterException("a key takes each nonce once");
    }
    key = bytes;
    iv = named.getIV();
    aad.reset();
    parts.reset();
    isReady = true;
  }

  private static byte[] bytes(Key key) throws InvalidKeyException {
    if (key != null && key.getAlgorithm().equals("AES") && "RAW".equals(key.getFormat())) {
      byte[] bytes = key.getEncoded();
      if (bytes != null && (bytes.length == 16 || bytes.length == 32)) {
        return bytes;
      }
    }
    throw new InvalidKeyException("not a key of AES whose bytes are known");
  }

  @Override
  protected void engineUpdateAAD(byte[] input, int offset, int length) {
    requireReady();
    aad.write(input, offset, length);
  }

  @Override
  protected void engineUpdateAAD(ByteBuffer input) {
    byte[] bytes = new byte[input.remaining()];
    input.get(bytes);
    engineUpdateAAD(bytes, 0, bytes.length);
  }

  /** Nothing comes out before all of it is authentic. */
  @Override
  protected byte[] engineUpdate(byte[] input, int offset, int length) {
    requireReady();
    parts.write(input, offset, length);
    return new byte[0];
  }

  @Override
  protected int engineUpdate(byte[] input, int offset, int length, byte[] output, int at) {
    engineUpdate(input, offset, length);
    return 0;
  }

  @Override
  protected byte[] engineDoFinal(byte[] input, int offset, int length) throws AEADBadTagException {
    byte[] output = new byte[engineGetOutputSize(length)];
    try {
      engineDoFinal(input, offset, length, output, 0);
    } catch (ShortBufferException e) {
      throw new IllegalStateException("the output has the size that it needs", e);
    }
    return output;
  }

  @Override
  protected int engineDoFinal(byte[] input, int offset, int length, byte[] output, int at)
      throws ShortBufferException, AEADBadTagException {
    requireReady();
    int size = engineGetOutputSize(length);
    if (output.length - at < size) {
      throw new ShortBufferException("the output has " + size + " bytes");
    }
    byte[] in = input;
    int from = offset;
    int all = length;
    if (parts.size() > 0) {
      if (length > 0) {
        parts.write(input, offset, length);
      }
      in = parts.toByteArray();
      from = 0;
      all = in.length;
    } else if (input == null) {
      in = new byte[0];
      from = 0;
    }
    Objects.checkFromIndexSize(from, all, in.length);
    crypt(in, from, all, output, at);
    return size;
  }

  private void crypt(byte[] in, int from, int size, byte[] output, int at)
      throws AEADBadTagException {
    // What was not authentic can be followed by another message, as Java has it.
    isReady = !seals;
    parts.reset();
    if (seals) {
      lastKey = key;
      lastIv = iv;
      LibCrypto.seal(key, iv, associated(), in, from, size, output, at);
    } else if (size < TAG_SIZE) {
      throw new AEADBadTagException("shorter than a tag");
    } else {
      LibCrypto.open(key, iv, associated(), in, from, size, output, at);
    }
  }

  /** What was given since the last message. */
  private byte[] associated() {
    byte[] bytes = aad.toByteArray();
    aad.reset();
    return bytes;
  }

  private void requireReady() {
    if (!isReady) {
      throw new IllegalStateException("a key takes each nonce once: begin anew");
    }
  }
}
