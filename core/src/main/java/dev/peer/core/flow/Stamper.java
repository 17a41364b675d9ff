package dev.peer.core.flow;

import dev.peer.core.timestamp.TimestampException;
import dev.peer.core.timestamp.TimestampToken;

/** Requests a timestamp from an authority. What it returns is untrusted. */
public interface Stamper {

  /**
   * A token over these bytes.
   *
   * @throws TimestampException if there is none, for whatever reason
   */
  TimestampToken stamp(byte[] stamped) throws TimestampException, InterruptedException;
}
