package dev.peer.core.sign;

import static dev.peer.core.sign.VerificationException.require;
import static dev.peer.core.trust.CertificateRole.SIGNER;

import dev.peer.core.access.AccessRules;
import dev.peer.core.access.Verb;
import dev.peer.core.id.Digest;
import dev.peer.core.record.MalformedException;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Identity;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.UntrustedCertificateException;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Verifies who vouches for a guest image, in the order of {@link RecordVerifier}: first the signer
 * and its rule, then the signature, and only then the content.
 */
public final class ImageVerifier {

  private final CertificateValidator validator;
  private final AccessRules rules;
  private final InstantSource clock;

  /**
   * Creates a verifier with these rules.
   *
   * @param validator judges certificates
   * @param rules the rules for vouching ({@link Verb#IMAGE})
   * @param clock supplies the current time
   */
  public ImageVerifier(CertificateValidator validator, AccessRules rules, InstantSource clock) {
    this.validator = validator;
    this.rules = rules;
    this.clock = clock;
  }

  /**
   * Verifies an attestation that has just come.
   *
   * @param untrusted the envelope as it was received
   * @param image the image that was asked for
   * @return the signer that vouches for it
   * @throws VerificationException if anything about it does not hold
   */
  public Identity verify(Attestation untrusted, Digest image) throws VerificationException {
    return verify(untrusted, image, clock.instant());
  }

  /**
   * Verifies an attestation that this machine keeps. The signer's certificate must have been good
   * when it came, so that it outlasts the certificate; a revocation since then counts.
   *
   * @param since when it came; now, if that is earlier
   */
  public Identity verify(Attestation kept, Digest image, Instant since)
      throws VerificationException {
    Instant now = clock.instant();
    Instant at = since.isAfter(now) ? now : since;
    try {
      Envelope envelope = Envelope.read(kept);
      Identity signer =
          validator.validate(envelope.chain(), SIGNER, at, now, RevocationLists.none()).identity();
      require(
          rules.admitsSomewhere(Verb.IMAGE, signer),
          signer.id() + " may not vouch for guest images (the rule: " + rules.imageRule() + ")");
      Signatures.require(envelope);
      ImageStatement statement = ImageStatement.read(envelope.payload());
      require(
          statement.image().equals(image),
          "it vouches for the image " + statement.image() + ", not " + image);
      statement.vouching().requireFitting("signer", envelope.chain().getFirst(), at);
      return signer;
    } catch (MalformedException e) {
      throw new VerificationException(e.getMessage(), e);
    } catch (UntrustedCertificateException e) {
      throw new VerificationException("the signer is not trusted: " + e.getMessage(), e);
    }
  }
}
