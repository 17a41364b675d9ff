package dev.peer.core.timestamp;

import dev.peer.core.id.PeerId;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.List;

/**
 * A timestamp of which everything holds. Only {@link TimestampVerifier} makes one.
 *
 * @param time when what it is over was there
 * @param authority who says so
 * @param until when the first certificate on the authority's path expires: nobody can tell from
 *     then on whether its key is still its own
 * @param lists the revocation lists that were looked at
 */
public record Timestamp(Instant time, PeerId authority, Instant until, List<X509CRL> lists) {

  /** Copies the list. */
  public Timestamp {
    lists = List.copyOf(lists);
  }
}
