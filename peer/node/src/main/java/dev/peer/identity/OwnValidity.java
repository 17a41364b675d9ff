package dev.peer.identity;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** When to tell a user that the own certificate should have been renewed. */
final class OwnValidity {

  /**
   * Certificates that are renewed at half or two thirds of their time, as usual, cause no message.
   */
  private static final int LAST_PART = 10;

  private OwnValidity() {}

  /** The warning: it has expired, or the last tenth of its time has begun. */
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
