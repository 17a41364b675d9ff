package dev.peer.core.find;

import dev.peer.core.id.PeerId;
import dev.peer.core.record.Content;

/**
 * How a bundle comes here from a holder.
 *
 * @param holder the peer that gives it, or the last part of it
 * @param moved how many of its bytes come from holders
 * @param here how many are taken from results that are here
 */
public record Delivery(PeerId holder, long moved, long here) {

  /** Of these bytes of a bundle, what is here need not be moved. */
  static Delivery of(PeerId holder, Content bundle, long here) {
    return new Delivery(holder, bundle.size() - here, here);
  }
}
