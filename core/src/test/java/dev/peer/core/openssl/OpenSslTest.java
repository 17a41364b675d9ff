package dev.peer.core.openssl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPublicKeySpec;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.crypto.KeyAgreement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The system's OpenSSL beside Java's own code, and beside published values. */
class OpenSslTest {

  private static final String OURS = "PeerOpenSSL";
  private static final String JAVA = "SunEC";
  private static final byte[] MESSAGE = "sample".getBytes(UTF_8);

  @BeforeAll
  static void use() {
    assertThat(OpenSsl.use()).isTrue();
  }

  @AfterAll
  static void leave() {
    OpenSsl.leave();
  }

  @Test
  void isAskedFirst() throws Exception {
    KeyPair pair = pair("secp256r1");
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(pair.getPrivate());
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
    agreement.init(pair.getPrivate());

    KeyPairGenerator p256 = KeyPairGenerator.getInstance("EC");
    p256.initialize(new ECGenParameterSpec("secp256r1"));
    p256.generateKeyPair();
    KeyPairGenerator x25519 = KeyPairGenerator.getInstance("XDH");
    x25519.initialize(NamedParameterSpec.X25519);
    KeyAgreement other = KeyAgreement.getInstance("XDH");
    other.init(x25519.generateKeyPair().getPrivate());

    assertThat(signature.getProvider().getName()).isEqualTo(OURS);
    assertThat(agreement.getProvider().getName()).isEqualTo(OURS);
    assertThat(p256.getProvider().getName()).isEqualTo(OURS);
    assertThat(x25519.getProvider().getName()).isEqualTo(OURS);
    assertThat(other.getProvider().getName()).isEqualTo(OURS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"secp384r1", "secp521r1"})
  void leavesOtherCurvesToJava(String curve) throws Exception {
    KeyPair pair = pair(curve);
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initVerify(pair.getPublic());
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
    agreement.init(pair.getPrivate());

    assertThat(signature.getProvider().getName()).isEqualTo(JAVA);
    assertThat(agreement.getProvider().getName()).isEqualTo(JAVA);
  }

  @Test
  void agreesOnNothingWithoutAnOwnKey() throws Exception {
    PublicKey other = pair("secp256r1").getPublic();
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH", OURS);

    assertThatThrownBy(() -> agreement.doPhase(other, true))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void leavesX448ToJava() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("XDH");
    generator.initialize(NamedParameterSpec.X448);
    KeyAgreement agreement = KeyAgreement.getInstance("XDH");
    agreement.init(generator.generateKeyPair().getPrivate());

    assertThat(generator.getProvider().getName()).isEqualTo(JAVA);
    assertThat(agreement.getProvider().getName()).isEqualTo(JAVA);
  }

  /** RFC 7748, 6.1. */
  @Test
  void agreesOnAPublishedSecretOfX25519() throws Exception {
    byte[] alice = hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    byte[] bob = hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");

    assertThat(LibCrypto.publicX25519(bob))
        .isEqualTo(hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"));
    assertThat(LibCrypto.agreeX25519(bob, alice))
        .isEqualTo(hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PeerOpenSSL", "SunEC"})
  void doesAsJavaDoesWithManyKeysOfX25519(String maker) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("X25519", maker);
    for (int i = 0; i < 600; i++) {
      KeyPair one = generator.generateKeyPair();
      KeyPair other = generator.generateKeyPair();

      assertThat(secret(OURS, "XDH", one.getPrivate(), other.getPublic()))
          .isEqualTo(secret(JAVA, "XDH", one.getPrivate(), other.getPublic()))
          .isEqualTo(secret(JAVA, "XDH", other.getPrivate(), one.getPublic()));
    }
  }

  @Test
  void refusesAKeyOfX25519ThatLeavesNoSecret() throws Exception {
    PublicKey zero =
        KeyFactory.getInstance("XDH")
            .generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, BigInteger.ZERO));
    PrivateKey own = KeyPairGenerator.getInstance("X25519").generateKeyPair().getPrivate();

    assertThatThrownBy(() -> secret(OURS, "XDH", own, zero))
        .isInstanceOf(InvalidKeyException.class);
  }

  /** RFC 6979, A.2.5. */
  @Test
  void verifiesAPublishedSignature() throws Exception {
    PublicKey key =
        publicKey(
            "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
            "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
    byte[] signature =
        hex(
            "3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                + "022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");

    assertThat(isSigned(OURS, key, MESSAGE, signature)).isTrue();
    assertThat(isSigned(OURS, key, "simple".getBytes(UTF_8), signature)).isFalse();
  }

  /** The first of NIST's examples of the ECC CDH primitive. */
  @Test
  void agreesOnAPublishedSecret() throws Exception {
    PublicKey other =
        publicKey(
            "700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287",
            "db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac");
    PrivateKey own = privateKey("7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534");

    assertThat(secret(OURS, own, other))
        .asHexString()
        .isEqualToIgnoringCase("46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b");
  }

  /** Among so many there are numbers, coordinates and secrets that begin with zeros. */
  @ParameterizedTest
  @ValueSource(strings = {"PeerOpenSSL", "SunEC"})
  void doesAsJavaDoesWithManyKeys(String maker) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", maker);
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    for (int i = 0; i < 600; i++) {
      KeyPair one = generator.generateKeyPair();
      KeyPair other = generator.generateKeyPair();

      assertThat(isSigned(JAVA, one.getPublic(), MESSAGE, signature(OURS, one.getPrivate())))
          .isTrue();
      assertThat(isSigned(OURS, one.getPublic(), MESSAGE, signature(JAVA, one.getPrivate())))
          .isTrue();
      assertThat(isSigned(OURS, other.getPublic(), MESSAGE, signature(JAVA, one.getPrivate())))
          .isFalse();
      assertThat(secret(OURS, one.getPrivate(), other.getPublic()))
          .isEqualTo(secret(JAVA, one.getPrivate(), other.getPublic()));
    }
  }

  @Test
  void takesNoSignatureWithAByteChanged() throws Exception {
    KeyPair pair = pair("secp256r1");
    byte[] signature = signature(OURS, pair.getPrivate());

    for (int i = 0; i < signature.length; i++) {
      byte[] changed = signature.clone();
      changed[i] ^= 1;

      assertThat(isSigned(OURS, pair.getPublic(), MESSAGE, changed)).isFalse();
    }
  }

  @Test
  void takesNothingElseForASignature() throws Exception {
    PublicKey key = pair("secp256r1").getPublic();

    for (byte[] none : List.of(new byte[0], new byte[1], new byte[64], new byte[100_000])) {
      assertThat(isSigned(OURS, key, MESSAGE, none)).isFalse();
    }
  }

  @Test
  void refusesAPointThatIsNotOnTheCurve() throws Exception {
    PublicKey none =
        publicKey(
            "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
            "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462298");
    PrivateKey own = pair("secp256r1").getPrivate();

    assertThatThrownBy(() -> secret(OURS, own, none)).isInstanceOf(InvalidKeyException.class);
    assertThatThrownBy(() -> isSigned(OURS, none, MESSAGE, new byte[70]))
        .isInstanceOf(SignatureException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00",
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
      })
  void refusesANumberThatIsNoPrivateKey(String number) throws Exception {
    PublicKey other = pair("secp256r1").getPublic();

    assertThatThrownBy(() -> secret(OURS, privateKey(number), other))
        .isInstanceOf(GeneralSecurityException.class);
    assertThatThrownBy(() -> signature(OURS, privateKey(number)))
        .isInstanceOf(GeneralSecurityException.class);
  }

  @Test
  void worksOnManyThreads() throws Exception {
    KeyPair pair = pair("secp256r1");
    List<Future<Boolean>> right = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 500; i++) {
        right.add(
            threads.submit(
                () ->
                    isSigned(OURS, pair.getPublic(), MESSAGE, signature(OURS, pair.getPrivate()))));
      }
    }

    for (Future<Boolean> one : right) {
      assertThat(one.get()).isTrue();
    }
  }

  private static KeyPair pair(String curve) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair();
  }

  private static byte[] signature(String provider, PrivateKey key) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withECDSA", provider);
    signature.initSign(key);
    signature.update(MESSAGE);
    return signature.sign();
  }

  private static boolean isSigned(String provider, PublicKey key, byte[] message, byte[] signature)
      throws GeneralSecurityException {
    Signature verifier = Signature.getInstance("SHA256withECDSA", provider);
    verifier.initVerify(key);
    verifier.update(message);
    return verifier.verify(signature);
  }

  private static byte[] secret(String provider, PrivateKey own, PublicKey other)
      throws GeneralSecurityException {
    return secret(provider, "ECDH", own, other);
  }

  private static byte[] secret(String provider, String algorithm, PrivateKey own, PublicKey other)
      throws GeneralSecurityException {
    KeyAgreement agreement = KeyAgreement.getInstance(algorithm, provider);
    agreement.init(own);
    agreement.doPhase(other, true);
    return agreement.generateSecret();
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private static PublicKey publicKey(String x, String y) throws GeneralSecurityException {
    ECPoint point = new ECPoint(new BigInteger(x, 16), new BigInteger(y, 16));
    return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, curve()));
  }

  private static PrivateKey privateKey(String number) throws GeneralSecurityException {
    return KeyFactory.getInstance("EC")
        .generatePrivate(new ECPrivateKeySpec(new BigInteger(number, 16), curve()));
  }

  private static ECParameterSpec curve() throws GeneralSecurityException {
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec("secp256r1"));
    return parameters.getParameterSpec(ECParameterSpec.class);
  }
}
