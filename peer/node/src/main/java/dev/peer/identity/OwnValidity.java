package dev.peer.identity;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** When to tell a user that the own certificate should have been renewed. */
final class OwnValidity {

  /** Who renews at a half or two thirds of the time, as others do, never hears of it. */
  private static final int LAST_PART = 10;

  private OwnValidity() {}

  /** What to tell: that it has ended, or that the last tenth of its time has begun. */
  static Optional<String> warning(X509Certificate own, Instant now) {
    Instant from = own.getNotBefore().toInstant();
    Instant until = own.getNotAfter().toInstant();
    Duration last = Duration.between(from, until).dividedBy(LAST_PART);
    if (until.isBefore(now)) {
      return Optional.of(
          "this peer's own certificate ended at "
              + until
              + ": others refuse it until there is a new one in PEER_CERT");
    }
    return until.minus(last).isBefore(now)
        ? Optional.of(
            "this peer's own certificate ends at " + until + ", and there is no new one yet")
        : Optional.empty();
  }
}
