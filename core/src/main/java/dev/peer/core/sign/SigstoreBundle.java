package dev.peer.core.sign;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
import dev.peer.core.pem.KeyKind;
import dev.peer.core.timestamp.TimestampToken;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Optional;

/**
 * An attestation in the form that Sigstore's verifiers read: a bundle of version 0.3, with the DSSE
 * envelope, the signer's certificate and the timestamp. The payload and its signature are the
 * attestation's own bytes.
 *
 * <p>Version 0.3 takes one certificate. Those above the signer's are part of what a verifier
 * trusts.
 */
public final class SigstoreBundle {

  private static final String MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";
  private static final int WITH_EXTENSIONS = 3;

  private final X509Certificate certificate;
  private final byte[] json;

  private SigstoreBundle(X509Certificate certificate, byte[] json) {
    this.certificate = certificate;
    this.json = json;
  }

  /**
   * Puts an attestation into this form.
   *
   * @throws SigstoreException if Sigstore's verifiers would refuse it for certain
   */
  public static SigstoreBundle of(VerifiedAttestation attestation) throws SigstoreException {
    Envelope envelope = attestation.parts();
    X509Certificate certificate = envelope.chain().getFirst();
    if (certificate.getVersion() < WITH_EXTENSIONS) {
      throw new SigstoreException(
          "the signer's certificate is of X.509 version 1, and Sigstore reads version 3",
          "issue the signer's next certificate with extensions, as peer-pki does");
    }
    // Sigstore asks whether the certificate was valid when it signed. Without a transparency log,
    // nothing else says when that was.
    TimestampToken timestamp =
        envelope
            .timestamp()
            .orElseThrow(
                () ->
                    new SigstoreException(
                        "the result has no timestamp, and Sigstore requires one",
                        "set PEER_TSA where results are signed, and run the tests again"));
    return new SigstoreBundle(certificate, write(envelope, certificate, timestamp));
  }

  /** One line of JSON, without its end. */
  public byte[] json() {
    return json.clone();
  }

  /**
   * What not every verifier can check. Sigstore's registry of algorithms gives P-384 and P-521
   * digests of their own, as we do; a verifier may know SHA-256 alone.
   */
  public Optional<String> remark() {
    PublicKey key = certificate.getPublicKey();
    KeyKind kind = KeyKind.of(key).orElseThrow();
    if (kind != KeyKind.EC_P384 && kind != KeyKind.EC_P521) {
      return Optional.empty();
    }
    return Optional.of(
        "the signer's key is "
            + KeyKind.describe(key)
            + ", whose signatures @sigstore/verify cannot check: for it, sign with EC P-256, RSA or"
            + " Ed25519");
  }

  private static byte[] write(
      Envelope envelope, X509Certificate certificate, TimestampToken timestamp) {
    ObjectNode json = JsonTree.object();
    json.put("mediaType", MEDIA_TYPE);
    ObjectNode material = json.putObject("verificationMaterial");
    material.putObject("certificate").put("rawBytes", base64(Envelope.der(certificate)));
    material.putArray("tlogEntries");
    material
        .putObject("timestampVerificationData")
        .putArray("rfc3161Timestamps")
        .addObject()
        .put("signedTimestamp", base64(timestamp.granted()));
    ObjectNode signed = json.putObject("dsseEnvelope");
    signed.put("payload", base64(envelope.payload()));
    signed.put("payloadType", Envelope.PAYLOAD_TYPE);
    signed.putArray("signatures").addObject().put("sig", base64(envelope.signature()));
    return JsonTree.bytes(json);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
