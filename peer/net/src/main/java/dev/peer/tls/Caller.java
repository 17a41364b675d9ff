package dev.peer.tls;

import dev.peer.core.trust.Identity;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The identity at the other end of a connection, and when it was established. */
public final class Caller {

  /** How long one validation of a connection's certificate stands. */
  private static final Duration STANDS = Duration.ofMinutes(1);

  private final Identity identity;
  private final List<X509Certificate> chain;
  private final Instant validatedAt;
  private final long generation;

  Caller(Identity identity, List<X509Certificate> chain, Instant validatedAt, long generation) {
    this.identity = identity;
    this.chain = List.copyOf(chain);
    this.validatedAt = validatedAt;
    this.generation = generation;
  }

  /** The identity in the certificate. */
  public Identity identity() {
    return identity;
  }

  List<X509Certificate> chain() {
    return chain;
  }

  /** Whether it was established by the current rules. */
  boolean isOf(TlsIdentity.State state) {
    return generation == state.generation();
  }

  /** Whether it was found out a moment ago. */
  boolean stands(Instant now) {
    return !now.isBefore(validatedAt) && now.isBefore(validatedAt.plus(STANDS));
  }
}
