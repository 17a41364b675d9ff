package dev.peer.pki.issue;

import java.time.Duration;
import java.time.Instant;

/** From when until when a certificate is good, in whole seconds, both included. */
public record Validity(Instant from, Instant until) {

  // So that a peer whose clock is a little slow takes a certificate that was just made.
  private static final Duration BACKDATED = Duration.ofMinutes(5);

  /** Refuses an end before the beginning. */
  public Validity {
    if (until.isBefore(from)) {
      throw new IllegalArgumentException("it would end at " + until + ", before it begins");
    }
  }

  /** From five minutes ago until this long from now. */
  public static Validity lasting(Duration duration) {
    Instant now = Instant.now();
    return new Validity(now.minus(BACKDATED), now.plus(duration));
  }
}
