package dev.peer.core.timestamp;

import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.Made;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.RevocationMode;
import dev.peer.core.trust.TrustAnchors;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Time-stamping authorities for tests, whose clocks say what they are told. */
public final class Timestampers {

  private Timestampers() {}

  /** An authority with this certificate, issued by that root. */
  public static TimestampAuthority authority(Made certificate, Made root, Instant clock)
      throws Exception {
    return TimestampAuthority.of(
        Credentials.of(List.of(certificate.certificate()), certificate.keys().getPrivate()),
        validator(root),
        InstantSource.fixed(clock));
  }

  /** The token that it gives over these bytes. */
  public static TimestampToken token(TimestampAuthority authority, byte[] stamped)
      throws TimestampException {
    TimestampQuery query = TimestampQuery.over(stamped);
    return query.token(authority.answer(query.der()));
  }

  /** Who trusts this root, and knows of what these lists revoke. */
  public static CertificateValidator validator(Made root, X509CRL... lists) {
    return new CertificateValidator(
        TrustAnchors.of(List.of(root.certificate())),
        RevocationLists.of(List.of(lists), RevocationMode.CURRENT));
  }
}
