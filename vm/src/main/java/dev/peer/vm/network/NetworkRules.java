package dev.peer.vm.network;

import dev.peer.core.network.Reach;
import java.util.OptionalInt;

/**
 * What the frames of a guest may lead to.
 *
 * @param subnet the guest's
 * @param proxy the port of the loopback interface of this host where its {@link PreparationProxy}
 *     listens
 */
public record NetworkRules(Reach reach, GuestSubnet subnet, OptionalInt proxy) {

  /** Of a guest in the usual network, without a proxy. */
  public static NetworkRules of(Reach reach) {
    return new NetworkRules(reach, GuestSubnet.USUAL, OptionalInt.empty());
  }
}
