package dev.peer.core.sign;

import dev.peer.core.id.Digest;
import dev.peer.core.record.Content;
import dev.peer.core.record.RunRecord;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.KeyKind;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.util.Optional;
import java.util.function.Supplier;

/** Signs what this peer ran. */
public final class RunSigner {

  private final Supplier<Credentials> own;

  /** Signs as this peer. */
  public RunSigner(Credentials credentials) {
    this(() -> credentials);
  }

  /** Signs as this peer, with what is given at that time: a run may outlast a certificate. */
  public RunSigner(Supplier<Credentials> own) {
    this.own = own;
  }

  /**
   * Attests that the run passed and left this bundle.
   *
   * <p>The signature is ECDSA in DER (SHA-256 for P-256, SHA-384 for P-384, SHA-512 for P-521),
   * Ed25519, or RSA PKCS#1 v1.5 with SHA-256, over DSSE's pre-authentication encoding.
   *
   * @throws IllegalArgumentException if the run did not pass, or the record is so long that the
   *     attestation would be larger than {@link Attestation#LARGEST}
   */
  public Attestation sign(RunRecord record, Content bundle) {
    if (!record.passed()) {
      throw new IllegalArgumentException("only a run that passed is signed");
    }
    Credentials credentials = own.get();
    Digest certificate = Envelope.digestOf(credentials.leaf());
    byte[] payload = new Statement(record.inputs().key(), record, bundle, certificate).write();
    byte[] signature = sign(credentials, PreAuthEncoding.of(Envelope.PAYLOAD_TYPE, payload));
    return new Envelope(payload, signature, credentials.chain(), Optional.empty()).write();
  }

  private static byte[] sign(Credentials credentials, byte[] message) {
    Signature computation = KeyKind.of(credentials.leaf().getPublicKey()).orElseThrow().signature();
    try {
      computation.initSign(credentials.privateKey());
      computation.update(message);
      return computation.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key that has signed before signs again", e);
    }
  }
}
