package dev.peer.core.timestamp;

import dev.peer.core.id.PeerId;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.List;

/**
 * A timestamp of which everything holds. Only {@link TimestampVerifier} makes one.
 *
 * @param time when the stamped bytes existed at the latest
 * @param authority the authority that says so
 * @param until when the first certificate on the authority's path expires: from then on nobody
 *     knows whether the key is still the authority's alone
 * @param lists the revocation lists that were looked at
 */
public record Timestamp(Instant time, PeerId authority, Instant until, List<X509CRL> lists) {

  /** Copies the list. */
  public Timestamp {
    lists = List.copyOf(lists);
  }
}
