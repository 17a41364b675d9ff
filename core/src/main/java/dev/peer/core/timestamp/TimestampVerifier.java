package dev.peer.core.timestamp;

import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.UntrustedCertificateException;
import dev.peer.core.trust.ValidPath;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Says what a token is worth. */
public final class TimestampVerifier {

  private final CertificateValidator authorities;
  private final Duration clockSkew;

  /**
   * A verifier that counts what these say.
   *
   * @param authorities who is a time-stamping authority
   * @param clockSkew how far their clock may be ahead of ours
   */
  public TimestampVerifier(CertificateValidator authorities, Duration clockSkew) {
    this.authorities = authorities;
    this.clockSkew = clockSkew;
  }

  /**
   * Verifies a token.
   *
   * <p>The authority's certificate must be good at the token's time and now. Now, because a token
   * is no better than the secrecy of the key that made it: after the certificate nobody watches
   * over the key, and who has it can make tokens of any time. For the same reason a revocation of
   * the authority, whatever its reason and date, takes all of its tokens with it.
   *
   * @param stamped the bytes that it must be over
   * @param kept revocation lists of before
   * @throws TimestampException if the token is not what it says it is: malformed, over other bytes,
   *     of a time that is yet to come, or with a signature that does not hold
   * @throws UntrustedCertificateException if it is whole, but not of an authority that counts
   */
  public Timestamp verify(TimestampToken token, byte[] stamped, Instant now, RevocationLists kept)
      throws TimestampException, UntrustedCertificateException {
    SignedToken signed = SignedToken.read(token);
    signed.requireOver(stamped);
    signed.requireSigned();
    Instant time = signed.time();
    if (time.isAfter(now.plus(clockSkew))) {
      throw new TimestampException("its time is " + time + ", which is yet to come");
    }
    List<X509Certificate> chain = signed.chain();
    ValidPath path = authorities.validate(chain, CertificateRole.TIMESTAMPER, now, now, kept);
    authorities.validate(chain, CertificateRole.TIMESTAMPER, time, now, kept);
    return new Timestamp(time, path.identity().id(), path.until(), path.lists());
  }
}
