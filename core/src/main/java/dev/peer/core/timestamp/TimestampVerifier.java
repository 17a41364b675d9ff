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

/** Verifies tokens. */
public final class TimestampVerifier {

  private final CertificateValidator authorities;
  private final Duration clockSkew;

  /**
   * Creates a verifier that counts timestamps of these authorities.
   *
   * @param authorities judges the certificates of authorities
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
   * is only as good as the secrecy of its key: after the certificate has expired nobody guards the
   * key, and a party that has it can make tokens of any time. For the same reason a revocation of
   * the authority, whatever its reason and date, ends all of its tokens.
   *
   * @param stamped the bytes that it must be over
   * @param kept revocation lists of before
   * @throws TimestampException if the token is wrong: malformed, over other bytes, of a future
   *     time, or with a signature that does not hold
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
