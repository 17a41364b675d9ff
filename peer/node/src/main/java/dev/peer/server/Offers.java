package dev.peer.server;

import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.LongSupplier;

/** The offers whose bundles are awaited. A newer one takes the place of the oldest. */
final class Offers {

  private static final int MOST = 64;
  private static final int MOST_OF_A_PEER = 8;
  private static final Duration AWAITED = Duration.ofMinutes(2);

  private final LongSupplier nanoClock;
  private final SequencedMap<Name, OpenOffer> awaited = new LinkedHashMap<>();

  private record Name(PeerId from, Digest bundle) {}

  private record OpenOffer(Intake.Offer offer, long until) {}

  Offers(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  synchronized void add(PeerId from, Intake.Offer offer) {
    Name name = new Name(from, offer.bundle().digest());
    awaited.remove(name);
    awaited.values().removeIf(other -> other.until() - nanoClock.getAsLong() < 0);
    if (awaited.keySet().stream().filter(other -> other.from().equals(from)).count()
        >= MOST_OF_A_PEER) {
      removeFirst(from);
    } else if (awaited.size() >= MOST) {
      awaited.pollFirstEntry();
    }
    awaited.put(name, new OpenOffer(offer, nanoClock.getAsLong() + AWAITED.toNanos()));
  }

  /** The offer that the bundle belongs to, which is awaited no more. */
  synchronized Optional<Intake.Offer> take(PeerId from, Digest bundle) {
    return Optional.ofNullable(awaited.remove(new Name(from, bundle)))
        .filter(found -> found.until() - nanoClock.getAsLong() >= 0)
        .map(OpenOffer::offer);
  }

  private void removeFirst(PeerId from) {
    for (Map.Entry<Name, OpenOffer> entry : awaited.entrySet()) {
      if (entry.getKey().from().equals(from)) {
        awaited.remove(entry.getKey());
        return;
      }
    }
  }
}
