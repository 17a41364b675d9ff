package dev.peer.vm.network;

import dev.peer.core.network.Reach;
import java.util.Set;

/**
 * What the frames of a guest may lead to.
 *
 * @param subnet the guest's
 * @param ports those of the loopback interface of this host where something listens for it alone
 */
public record NetworkRules(Reach reach, GuestSubnet subnet, Set<Integer> ports) {

  /** Copies the set. */
  public NetworkRules {
    ports = Set.copyOf(ports);
  }

  /** Of a guest in the usual network, for which nothing listens. */
  public static NetworkRules of(Reach reach) {
    return new NetworkRules(reach, GuestSubnet.USUAL, Set.of());
  }
}
