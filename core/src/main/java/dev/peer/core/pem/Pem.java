package dev.peer.core.pem;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CRL;
import java.security.cert.CRLException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Reads and writes the text form of certificates, keys and revocation lists (RFC 7468).
 *
 * <p>Text around the blocks is passed over, as are blocks of another kind, so that a file may hold
 * a certificate and its key; so is a byte order mark before the first. No error repeats any part of
 * a key.
 */
public final class Pem {

  /** The most characters that certificates or a key may have. */
  public static final int LONGEST = 1 << 20;

  /** The most bytes that a revocation list may have. */
  public static final int LARGEST_LIST = 16 << 20;

  /** The label of a request for a certificate. */
  public static final String REQUEST = "CERTIFICATE REQUEST";

  /** How OpenSSL gets a password without a terminal. */
  static final String PASSWORD_FILE = " (with a password file: -passin file:FILE3)";

  private static final String ANOTHER_KEY =
      "use "
          + KeyKind.ACCEPTED
          + ", and have it certified: openssl genpkey -algorithm EC -pkeyopt"
          + " ec_paramgen_curve:P-256 -out FILE";
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private Pem() {}

  /**
   * The certificates in the text, at least one, in their order.
   *
   * @param what names the text in messages: a file or a variable
   */
  public static List<X509Certificate> certificates(String what, String pem)
      throws CredentialException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (PemBlock block : PemBlock.read(what, pem, LONGEST)) {
      if (block.label().equals("CERTIFICATE")) {
        certificates.add(certificate(what, block));
      } else if (block.label().endsWith("TRUSTED CERTIFICATE")) {
        throw new CredentialException(
            block.in(what) + ": this form of certificate is OpenSSL's own",
            "write it again with: openssl x509 -in FILE -out FILE");
      }
    }
    if (certificates.isEmpty()) {
      throw new CredentialException(
          what + ": no certificate in it",
          OtherForm.of(pem)
              .map(OtherForm::hintForCertificates)
              .orElse("a PEM text with -----BEGIN CERTIFICATE----- is expected"));
    }
    return List.copyOf(certificates);
  }

  /**
   * The one private key in the text: PKCS#8, or the older forms for EC (SEC 1) and RSA (PKCS#1).
   */
  public static PrivateKey privateKey(String what, String pem) throws CredentialException {
    List<PemBlock> blocks = PemBlock.read(what, pem, LONGEST);
    List<PemBlock> keys =
        blocks.stream().filter(block -> block.label().endsWith("PRIVATE KEY")).toList();
    if (keys.size() != 1) {
      throw new CredentialException(
          what
              + ": "
              + (keys.isEmpty() ? "no private key" : "more than one private key")
              + " in it",
          OtherForm.of(pem)
              .filter(_ -> keys.isEmpty())
              .map(OtherForm::hintForKey)
              .orElse("a PEM text with one -----BEGIN PRIVATE KEY----- is expected"));
    }
    PemBlock block = keys.getFirst();
    PrivateKey key = pkcs8(block.in(what), inPkcs8(block.in(what), block, blocks));
    if (KeyKind.of(key).isEmpty()) {
      throw new CredentialException(
          block.in(what) + ": a key of this kind is not accepted: " + KeyKind.describe(key),
          ANOTHER_KEY);
    }
    return key;
  }

  /** The one request for a certificate in the text (PKCS #10), in DER. */
  public static byte[] request(String what, String pem) throws CredentialException {
    List<PemBlock> requests =
        PemBlock.read(what, pem, LONGEST).stream()
            .filter(block -> block.label().endsWith(REQUEST) && !block.encrypted())
            .toList();
    if (requests.size() != 1) {
      throw new CredentialException(
          what + ": one " + REQUEST + " in PEM expected", "`peer join URL --csr` makes one");
    }
    return requests.getFirst().bytes();
  }

  /** The revocation lists in the bytes, at least one: PEM, or one list in DER. */
  public static List<X509CRL> revocationLists(String what, byte[] bytes)
      throws CredentialException {
    if (bytes.length > LARGEST_LIST) {
      throw PemBlock.tooLarge(what, LARGEST_LIST);
    }
    List<X509CRL> lists = new ArrayList<>();
    if (bytes.length > 0 && bytes[0] == 0x30) {
      lists.add(revocationList(what, bytes));
    } else {
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      for (PemBlock block : PemBlock.read(what, text, LARGEST_LIST)) {
        if (block.label().equals("X509 CRL")) {
          lists.add(revocationList(block.in(what), block.bytes()));
        }
      }
    }
    if (lists.isEmpty()) {
      throw new CredentialException(
          what + ": no certificate revocation list in it",
          "DER, or a PEM text with -----BEGIN X509 CRL-----, is expected");
    }
    return List.copyOf(lists);
  }

  /** The certificate's text, lines of 64 characters, the last one ended. */
  public static String write(X509Certificate certificate) {
    try {
      return write("CERTIFICATE", certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was parsed has its bytes", e);
    }
  }

  /** A block's text, lines of 64 characters, the last one ended. */
  public static String write(String label, byte[] der) {
    return PemBlock.BEGIN
        + label
        + PemBlock.DASHES
        + "\n"
        + LINES.encodeToString(der)
        + "\n"
        + PemBlock.END
        + label
        + PemBlock.DASHES
        + "\n";
  }

  private static X509Certificate certificate(String what, PemBlock block)
      throws CredentialException {
    try {
      X509Certificate certificate =
          (X509Certificate) x509().generateCertificate(new ByteArrayInputStream(block.bytes()));
      if (Arrays.equals(certificate.getEncoded(), block.bytes())) {
        return certificate;
      }
    } catch (CertificateException e) {
      throw notWhatItSays(block.in(what), "certificate", e);
    }
    throw notWhatItSays(block.in(what), "certificate", null);
  }

  private static X509CRL revocationList(String what, byte[] der) throws CredentialException {
    try {
      CRL list = x509().generateCRL(new ByteArrayInputStream(der));
      if (list instanceof X509CRL crl && Arrays.equals(crl.getEncoded(), der)) {
        return crl;
      }
    } catch (CRLException e) {
      throw notWhatItSays(what, "certificate revocation list", e);
    }
    throw notWhatItSays(what, "certificate revocation list", null);
  }

  private static CertificateFactory x509() {
    try {
      return CertificateFactory.getInstance("X.509");
    } catch (CertificateException e) {
      throw new IllegalStateException("every Java runtime has X.509", e);
    }
  }

  /** Asks each key factory in turn: it looks at the key's algorithm before anything else. */
  private static PrivateKey pkcs8(String what, byte[] der) throws CredentialException {
    PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(der);
    try {
      for (String algorithm : List.of("EC", "Ed25519", "RSA", "RSASSA-PSS")) {
        try {
          return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
        } catch (InvalidKeySpecException e) {
          continue;
        }
      }
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has these", e);
    }
    // Without a cause: a parser's message may repeat a part of the key.
    throw new CredentialException(
        what + ": not a private key of a kind that is accepted", ANOTHER_KEY);
  }

  private static byte[] inPkcs8(String what, PemBlock block, List<PemBlock> all)
      throws CredentialException {
    if (block.encrypted()) {
      throw encrypted(what);
    }
    return switch (block.label()) {
      case "PRIVATE KEY" -> block.bytes();
      case "EC PRIVATE KEY" -> {
        Optional<PemBlock> curve =
            all.stream().filter(each -> each.label().equals("EC PARAMETERS")).findFirst();
        yield OlderKeyForms.fromSec1(what, block.bytes(), curve.map(PemBlock::bytes));
      }
      case "RSA PRIVATE KEY" -> OlderKeyForms.fromPkcs1(what, block.bytes());
      case "ENCRYPTED PRIVATE KEY" -> throw encrypted(what);
      case "OPENSSH PRIVATE KEY" ->
          throw new CredentialException(
              what + ": the key is in the form of OpenSSH",
              "PKCS#8 is expected; have a copy of it rewritten: ssh-keygen -p -N '' -m PKCS8 -f"
                  + " FILE");
      default ->
          throw new CredentialException(
              what + ": this form of private key is not known",
              "PKCS#8 is expected: openssl pkey -in FILE -out FILE2");
    };
  }

  private static CredentialException encrypted(String what) {
    return new CredentialException(
        what + ": the private key is encrypted",
        "peer asks for no password; decrypt the key, which leaves a file that only you can read:"
            + " openssl pkey -in FILE -out FILE2"
            + PASSWORD_FILE);
  }

  private static CredentialException notWhatItSays(
      String what, String expected, GeneralSecurityException cause) {
    return new CredentialException(
        what + ": not a well-formed " + expected,
        "the block is damaged, or holds something else: get the file again",
        cause);
  }
}
