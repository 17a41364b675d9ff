package dev.peer.core.openssl;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.Provider;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.FutureTask;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Digests and ciphers of the system's OpenSSL beside Java's own, and beside published values. */
class OpenSslForAllTest {

  private static final String AES = "AES/GCM/NoPadding";
  private static final int TAG_SIZE = 16;
  private static Provider ours;

  @BeforeAll
  static void load() {
    assertThat(LibCrypto.load()).isTrue();
    ours = OpenSsl.forAll();
  }

  /** FIPS 180-4. */
  @Test
  void hashesWhatIsPublished() throws Exception {
    byte[] digest = digest().digest("abc".getBytes(US_ASCII));

    assertThat(HexFormat.of().formatHex(digest))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 55, 56, 63, 64, 65, 1000, 300_000})
  void hashesAsJavaDoes(int size) throws Exception {
    byte[] bytes = bytes(size);
    MessageDigest digest = digest();
    byte[] expected = MessageDigest.getInstance("SHA-256", "SUN").digest(bytes);

    digest.update(bytes, 0, size / 3);
    for (byte one : Arrays.copyOfRange(bytes, size / 3, Math.min(size, size / 3 + 70))) {
      digest.update(one);
    }
    int read = Math.min(size, size / 3 + 70);
    digest.update(ByteBuffer.wrap(bytes, read, size - read));

    assertThat(digest.digest()).isEqualTo(expected);
    assertThat(digest.digest(bytes)).isEqualTo(expected);
  }

  @Test
  void aCopyOfADigestGoesItsOwnWay() throws Exception {
    MessageDigest one = digest();
    one.update(bytes(100));
    MessageDigest other = (MessageDigest) one.clone();
    other.update((byte) 1);
    other.digest();

    assertThat(one.digest()).isEqualTo(digest().digest(bytes(100)));
  }

  /** One thread has each. */
  @Test
  void copiesOfADigestShareNothing() throws Exception {
    byte[] bytes = bytes(5000);
    byte[] expected = digest().digest(bytes);
    MessageDigest one = digest();
    MessageDigest other = (MessageDigest) one.clone();
    FutureTask<byte[]> beside = new FutureTask<>(() -> digestByBytes(other, bytes));
    Thread.ofPlatform().start(beside);

    assertThat(digestByBytes(one, bytes)).isEqualTo(expected);
    assertThat(beside.get()).isEqualTo(expected);
  }

  private static byte[] digestByBytes(MessageDigest digest, byte[] bytes) {
    for (byte next : bytes) {
      digest.update(next);
    }
    return digest.digest();
  }

  @Test
  void writesADigestWhereItIsTold() throws Exception {
    byte[] into = new byte[40];
    MessageDigest digest = digest();

    assertThat(digest.digest(into, 5, 35)).isEqualTo(32);
    assertThat(Arrays.copyOfRange(into, 5, 37)).isEqualTo(digest().digest());
    assertThatThrownBy(() -> digest.digest(new byte[40], 5, 31)).hasMessageContaining("32 bytes");
  }

  @Test
  void refusesToHashWhatIsNotInTheArray() throws Exception {
    MessageDigest digest = digest();

    assertThatThrownBy(() -> digest.update(new byte[10], 5, 6))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Sha256().engineUpdate(new byte[10], 5, 6))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  /** Test case 4 of McGrew and Viega, "The Galois/Counter Mode of Operation". */
  @Test
  void encryptsWhatIsPublished() throws Exception {
    HexFormat hex = HexFormat.of();
    byte[] text =
        hex.parseHex(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
                + "b16aedf5aa0de657ba637b39");
    Cipher cipher = Cipher.getInstance(AES, ours);
    cipher.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(hex.parseHex("feffe9928665731c6d6a8f9467308308"), "AES"),
        new GCMParameterSpec(128, hex.parseHex("cafebabefacedbaddecaf888")));
    cipher.updateAAD(hex.parseHex("feedfacedeadbeeffeedfacedeadbeefabaddad2"));

    assertThat(hex.formatHex(cipher.doFinal(text)))
        .isEqualTo(
            "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa05"
                + "1ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 16, 17, 100, 16384, 70_000})
  void encryptsAndDecryptsAsJavaDoes(int size) throws Exception {
    byte[] text = bytes(size);
    for (int keySize : new int[] {16, 32}) {
      for (int aad : new int[] {0, 5}) {
        byte[] sealed = crypt(ours(), Cipher.ENCRYPT_MODE, keySize, aad, text);

        assertThat(sealed).isEqualTo(crypt(javas(), Cipher.ENCRYPT_MODE, keySize, aad, text));
        assertThat(crypt(ours(), Cipher.DECRYPT_MODE, keySize, aad, sealed)).isEqualTo(text);
      }
    }
  }

  @Test
  void takesAMessageInParts() throws Exception {
    byte[] text = bytes(1000);
    byte[] whole = crypt(ours(), Cipher.ENCRYPT_MODE, 16, 5, text);
    Cipher cipher = ours();
    cipher.init(Cipher.ENCRYPT_MODE, key(16), nonce());
    cipher.updateAAD(bytes(5), 0, 2);
    cipher.updateAAD(bytes(5), 2, 3);

    assertThat(cipher.update(text, 0, 400)).isNullOrEmpty();
    byte[] parts = cipher.doFinal(text, 400, 600);

    assertThat(parts).isEqualTo(whole);
  }

  @ParameterizedTest
  @ValueSource(ints = {-7, -1, 0, 1, 7})
  void decryptsIntoTheArrayThatItReads(int distance) throws Exception {
    byte[] text = bytes(5000);
    byte[] sealed = crypt(ours(), Cipher.ENCRYPT_MODE, 16, 0, text);
    byte[] all = new byte[sealed.length + 40];
    System.arraycopy(sealed, 0, all, 20, sealed.length);
    Cipher cipher = ours();
    cipher.init(Cipher.DECRYPT_MODE, key(16), nonce());

    int size = cipher.doFinal(all, 20, sealed.length, all, 20 + distance);

    assertThat(Arrays.copyOfRange(all, 20 + distance, 20 + distance + size)).isEqualTo(text);
  }

  @Test
  void readsAndWritesBuffersAsTlsDoes() throws Exception {
    byte[] text = bytes(300);
    ByteBuffer record = ByteBuffer.allocate(400);
    record.position(40).put(text).flip().position(40);
    ByteBuffer from = record.duplicate();
    record.limit(record.capacity());
    Cipher cipher = ours();
    cipher.init(Cipher.ENCRYPT_MODE, key(16), nonce());

    assertThat(cipher.doFinal(from, record)).isEqualTo(300 + TAG_SIZE);
    assertThat(Arrays.copyOfRange(record.array(), 40, 40 + 300 + TAG_SIZE))
        .isEqualTo(crypt(javas(), Cipher.ENCRYPT_MODE, 16, 0, text));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 50, 99, 100, 115})
  void whatIsNotAuthenticNeverComesOut(int changed) throws Exception {
    byte[] sealed = crypt(ours(), Cipher.ENCRYPT_MODE, 16, 5, bytes(100));
    sealed[changed] ^= 1;
    byte[] output = new byte[100];
    Cipher cipher = ours();
    cipher.init(Cipher.DECRYPT_MODE, key(16), nonce());
    cipher.updateAAD(bytes(5));

    assertThatThrownBy(() -> cipher.doFinal(sealed, 0, sealed.length, output, 0))
        .isInstanceOf(AEADBadTagException.class);
    assertThat(output).containsOnly(0);
  }

  @Test
  void goesOnAfterAMessageThatIsNotAuthentic() throws Exception {
    byte[] sealed = crypt(ours(), Cipher.ENCRYPT_MODE, 16, 0, bytes(100));
    Cipher cipher = ours();
    cipher.init(Cipher.DECRYPT_MODE, key(16), nonce());
    assertThatThrownBy(() -> cipher.doFinal(bytes(50))).isInstanceOf(AEADBadTagException.class);

    assertThat(cipher.doFinal(sealed)).isEqualTo(bytes(100));
    assertThat(cipher.getParameters().getParameterSpec(GCMParameterSpec.class).getIV())
        .isEqualTo(bytes(12));
  }

  @Test
  void takesAdditionalDataFromABuffer() throws Exception {
    byte[] sealed = crypt(ours(), Cipher.ENCRYPT_MODE, 16, 5, bytes(100));
    Cipher cipher = ours();
    cipher.init(Cipher.DECRYPT_MODE, key(16), nonce());
    cipher.updateAAD(ByteBuffer.wrap(bytes(5)));

    assertThat(cipher.doFinal(sealed)).isEqualTo(bytes(100));
  }

  @Test
  void refusesOtherAdditionalData() throws Exception {
    byte[] sealed = crypt(ours(), Cipher.ENCRYPT_MODE, 16, 5, bytes(100));

    assertThatThrownBy(() -> crypt(ours(), Cipher.DECRYPT_MODE, 16, 4, sealed))
        .isInstanceOf(AEADBadTagException.class);
    assertThatThrownBy(() -> crypt(ours(), Cipher.DECRYPT_MODE, 16, 0, new byte[TAG_SIZE - 1]))
        .isInstanceOf(AEADBadTagException.class);
  }

  @Test
  void aKeyTakesEachNonceOnce() throws Exception {
    Cipher cipher = ours();
    cipher.init(Cipher.ENCRYPT_MODE, key(16), nonce());
    cipher.doFinal(bytes(10));

    assertThatThrownBy(() -> cipher.doFinal(bytes(10))).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> cipher.init(Cipher.ENCRYPT_MODE, key(16), nonce()))
        .isInstanceOf(InvalidAlgorithmParameterException.class);
    cipher.init(Cipher.ENCRYPT_MODE, key(16), new GCMParameterSpec(128, new byte[12]));
    assertThat(cipher.doFinal(bytes(10))).hasSize(10 + TAG_SIZE);
  }

  @Test
  void refusesAnOutputThatIsTooSmall() throws Exception {
    Cipher cipher = ours();
    cipher.init(Cipher.ENCRYPT_MODE, key(16), nonce());

    assertThatThrownBy(() -> cipher.doFinal(bytes(10), 0, 10, new byte[25], 0))
        .isInstanceOf(ShortBufferException.class);
  }

  /** Java asks the next provider then. */
  @Test
  void leavesOtherParametersAndKeysToJava() throws Exception {
    Cipher cipher = ours();

    assertThatThrownBy(
            () -> cipher.init(Cipher.ENCRYPT_MODE, key(16), new GCMParameterSpec(96, new byte[12])))
        .isInstanceOf(InvalidAlgorithmParameterException.class);
    assertThatThrownBy(
            () ->
                cipher.init(Cipher.ENCRYPT_MODE, key(16), new GCMParameterSpec(128, new byte[16])))
        .isInstanceOf(InvalidAlgorithmParameterException.class);
    assertThatThrownBy(
            () -> cipher.init(Cipher.ENCRYPT_MODE, key(16), new IvParameterSpec(new byte[12])))
        .isInstanceOf(InvalidAlgorithmParameterException.class);
    assertThatThrownBy(() -> cipher.init(Cipher.ENCRYPT_MODE, key(24), nonce()))
        .isInstanceOf(InvalidKeyException.class);
    assertThatThrownBy(
            () -> cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(bytes(16), "DESede"), nonce()))
        .isInstanceOf(InvalidKeyException.class);
  }

  private static MessageDigest digest() throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-256", ours);
  }

  private static Cipher ours() throws GeneralSecurityException {
    return Cipher.getInstance(AES, ours);
  }

  private static Cipher javas() throws GeneralSecurityException {
    return Cipher.getInstance(AES, "SunJCE");
  }

  private static byte[] crypt(Cipher cipher, int mode, int keySize, int aad, byte[] bytes)
      throws GeneralSecurityException {
    cipher.init(mode, key(keySize), nonce());
    cipher.updateAAD(bytes(aad));
    return cipher.doFinal(bytes);
  }

  private static SecretKeySpec key(int size) {
    return new SecretKeySpec(bytes(size), "AES");
  }

  private static GCMParameterSpec nonce() {
    return new GCMParameterSpec(128, bytes(12));
  }

  private static byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }
}
