package dev.peer.core.sign;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Digest;
import dev.peer.core.json.JsonTree;
import dev.peer.core.pem.CredentialException;
import dev.peer.core.pem.Pem;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import dev.peer.core.timestamp.TimestampToken;
import dev.peer.core.trust.CertificateValidator;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * A DSSE envelope with its one signature. Trust its content as much as its source.
 *
 * <p>There is one way to write it: unknown fields, a second signature, Base64 other than the padded
 * standard form without line breaks, or a certificate in another layout than ours are refused.
 *
 * @param payload the bytes that are signed, together with the type
 * @param signature the signature over their {@link PreAuthEncoding}
 * @param chain the signer's certificate, then its intermediates
 * @param timestamp a token over the bytes of the signature, which no signature covers: anyone who
 *     passes an envelope on can remove or replace it
 */
record Envelope(
    byte[] payload,
    byte[] signature,
    List<X509Certificate> chain,
    Optional<TimestampToken> timestamp) {

  static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";

  private static final String WHAT = "attestation";
  private static final int LONGEST_SIGNATURE = 1024;

  /** The envelope as it is sent. */
  Attestation write() {
    ObjectNode json = JsonTree.object();
    json.put("payloadType", PAYLOAD_TYPE);
    json.put("payload", Base64.getEncoder().encodeToString(payload));
    ObjectNode signed = json.putArray("signatures").addObject();
    signed.put("keyid", digestOf(chain.getFirst()).toString());
    signed.put("sig", Base64.getEncoder().encodeToString(signature));
    signed.put("certificate", Pem.write(chain.getFirst()));
    ArrayNode intermediates = signed.putArray("intermediates");
    chain.stream().skip(1).map(Pem::write).forEach(intermediates::add);
    timestamp.ifPresent(
        token -> signed.put("timestamp", Base64.getEncoder().encodeToString(token.der())));
    return Attestation.of(JsonTree.bytes(json));
  }

  /** Takes an envelope apart; verifies nothing. */
  static Envelope read(Attestation attestation) throws MalformedException {
    StrictJson json = StrictJson.parse(WHAT, attestation.bytes());
    if (!json.text("payloadType").equals(PAYLOAD_TYPE)) {
      throw new MalformedException(WHAT + ".payloadType: " + PAYLOAD_TYPE + " was expected");
    }
    byte[] payload = base64("payload", json.text("payload"));
    List<StrictJson> signatures = json.objects("signatures");
    json.end();
    if (signatures.size() != 1) {
      throw new MalformedException(
          WHAT + ".signatures: exactly one was expected, not " + signatures.size());
    }
    StrictJson signed = signatures.getFirst();
    List<X509Certificate> chain = new ArrayList<>();
    chain.add(certificate(signed.text("certificate")));
    List<String> intermediates = signed.texts("intermediates");
    if (intermediates.size() >= CertificateValidator.MOST_CERTIFICATES) {
      throw new MalformedException(
          WHAT
              + ".intermediates: fewer than "
              + CertificateValidator.MOST_CERTIFICATES
              + " were expected");
    }
    for (String intermediate : intermediates) {
      chain.add(certificate(intermediate));
    }
    if (!signed.value("keyid", Digest::parse).equals(digestOf(chain.getFirst()))) {
      throw new MalformedException(WHAT + ".keyid: the certificate's digest was expected");
    }
    byte[] signature = base64("sig", signed.text("sig"));
    Optional<TimestampToken> timestamp = timestamp(signed.optionalText("timestamp"));
    signed.end();
    if (signature.length > LONGEST_SIGNATURE) {
      throw new MalformedException(WHAT + ".sig: too long");
    }
    return new Envelope(payload, signature, List.copyOf(chain), timestamp);
  }

  /** The same with a timestamp, instead of any that it has. */
  Envelope with(TimestampToken token) {
    return new Envelope(payload, signature, chain, Optional.of(token));
  }

  /** The digest of the certificate's DER form. */
  static Digest digestOf(X509Certificate certificate) {
    return Digest.of(der(certificate));
  }

  /** The certificate's DER form. */
  static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was parsed has its bytes", e);
    }
  }

  private static Optional<TimestampToken> timestamp(Optional<String> text)
      throws MalformedException {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(TimestampToken.of(base64("timestamp", text.get())));
    } catch (IllegalArgumentException e) {
      throw new MalformedException(WHAT + ".timestamp: " + e.getMessage(), e);
    }
  }

  private static X509Certificate certificate(String pem) throws MalformedException {
    try {
      X509Certificate certificate = Pem.certificates(WHAT, pem).getFirst();
      if (Pem.write(certificate).equals(pem)) {
        return certificate;
      }
    } catch (CredentialException e) {
      throw new MalformedException(WHAT + ": a certificate in it is malformed", e);
    }
    throw new MalformedException(WHAT + ": one certificate in PEM, and nothing else, was expected");
  }

  private static byte[] base64(String field, String text) throws MalformedException {
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      // The decoder takes text without padding, and bits that stand for nothing.
      if (Base64.getEncoder().encodeToString(bytes).equals(text)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw new MalformedException(WHAT + "." + field + ": Base64 was expected", e);
    }
    throw new MalformedException(WHAT + "." + field + ": Base64 in its one form was expected");
  }
}
