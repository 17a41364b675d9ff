package dev.peer.client;

import dev.peer.core.id.PeerId;
import dev.peer.wire.AddressScope;
import dev.peer.wire.Limits;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Bounds the addresses to which holders lead this process. Holders name their own addresses, and
 * this process connects to each before it knows who is there.
 */
public final class Knocks {

  /** A peer has no more addresses at a time, and may change them all within the time. */
  private static final int MOST_OF_ONE = 2 * Limits.ADDRESSES;

  private static final int MOST_OF_ALL = 32 * Limits.ADDRESSES;
  private static final Duration TIME = Duration.ofMinutes(1);

  private final LongSupplier nanoClock;
  private final Map<PeerId, Set<URI>> knocked = new HashMap<>();
  private int count;
  private long begun;

  public Knocks(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    begun = nanoClock.getAsLong();
  }

  /** Why an address is not connected to, if it is not. */
  public Optional<String> refusal(PeerId holder, URI address) {
    if (!AddressScope.hasOpenPort(address)) {
      return Optional.of("no peer listens at that port");
    }
    if (!meansAnotherMachine(address)) {
      return Optional.of("it does not mean one machine to everybody");
    }
    return isWithinBounds(holder, address)
        ? Optional.empty()
        : Optional.of("too many addresses were named within a minute");
  }

  private static boolean meansAnotherMachine(URI address) {
    try {
      // A name must not lead to this machine; a rendezvous here may say so in so many words.
      boolean loopback = AddressScope.isLoopback(address);
      return Arrays.stream(InetAddress.getAllByName(address.getHost()))
          .allMatch(ip -> AddressScope.includes(ip, loopback));
    } catch (UnknownHostException e) {
      // The connection itself fails with the same finding.
      return true;
    }
  }

  private synchronized boolean isWithinBounds(PeerId holder, URI address) {
    long now = nanoClock.getAsLong();
    if (now - begun >= TIME.toNanos()) {
      knocked.clear();
      count = 0;
      begun = now;
    }
    Set<URI> ofOne = knocked.computeIfAbsent(holder, _ -> new HashSet<>());
    if (ofOne.contains(address)) {
      return true;
    }
    if (ofOne.size() == MOST_OF_ONE || count == MOST_OF_ALL) {
      return false;
    }
    ofOne.add(address);
    count++;
    return true;
  }
}
