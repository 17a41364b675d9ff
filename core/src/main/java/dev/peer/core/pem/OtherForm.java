package dev.peer.core.pem;

import java.util.Optional;

/** What a text without a PEM block is instead, with the commands that make PEM of it. */
enum OtherForm {
  PKCS12(
      "PKCS#12",
      "openssl pkcs12 -in FILE -nokeys -out FILE2" + Pem.PASSWORD_FILE,
      "openssl pkcs12 -in FILE -nocerts -nodes -out FILE2" + Pem.PASSWORD_FILE),
  DER(
      "DER",
      "openssl x509 -inform DER -in FILE -out FILE2",
      "openssl pkey -inform DER -in FILE -out FILE2"),
  UTF_16(
      "UTF-16 text",
      "iconv -f UTF-16 -t UTF-8 FILE >FILE2",
      "iconv -f UTF-16 -t UTF-8 FILE >FILE2");

  /** A sequence whose first element is the version 3; its length takes up to four bytes. */
  private static final String VERSION_3 = "\2\1\3";

  private static final String SEQUENCE = "0";
  private static final int LONGEST_HEAD = 12;

  private final String name;
  private final String forCertificates;
  private final String forKey;

  OtherForm(String name, String forCertificates, String forKey) {
    this.name = name;
    this.forCertificates = forCertificates;
    this.forKey = forKey;
  }

  /** The form of a file's bytes, read as UTF-8 or as one character a byte. */
  static Optional<OtherForm> of(String text) {
    String head = text.substring(0, Math.min(LONGEST_HEAD, text.length()));
    if (head.startsWith(SEQUENCE) && head.chars().anyMatch(OtherForm::isBinary)) {
      return Optional.of(head.contains(VERSION_3) ? PKCS12 : DER);
    }
    return text.indexOf('\0') >= 0 ? Optional.of(UTF_16) : Optional.empty();
  }

  private static boolean isBinary(int c) {
    return c > '~' || (c < ' ' && !Character.isWhitespace(c));
  }

  /** How to get certificates out of it. */
  String hintForCertificates() {
    return "it is " + name + "; PEM is expected: " + forCertificates;
  }

  /** How to get a key out of it. */
  String hintForKey() {
    return "it is " + name + "; PEM is expected: " + forKey;
  }
}
