package dev.peer.rendezvous;

import dev.peer.wire.LeaseTerms;
import java.time.Duration;

/**
 * The limits of an index for one identity.
 *
 * @param events how many of the last events it remembers, for returning followers
 */
public record IndexSettings(LeaseTerms terms, int leasesPerPeer, int resultsPerPeer, int events) {

  /** 45 s, renewed after 15 s; 32 leases, 50,000 results for each identity; 20,000 events. */
  public static final IndexSettings DEFAULT =
      new IndexSettings(
          new LeaseTerms(Duration.ofSeconds(15), Duration.ofSeconds(45)), 32, 50_000, 20_000);

  /** With the default's number of events. */
  public IndexSettings(LeaseTerms terms, int leasesPerPeer, int resultsPerPeer) {
    this(terms, leasesPerPeer, resultsPerPeer, DEFAULT.events);
  }
}
