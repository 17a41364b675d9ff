package dev.peer.tls;

import java.io.IOException;
import java.time.Duration;

/** The way to a party that has no address of its own. */
@FunctionalInterface
public interface Route {

  /**
   * Opens a connection, on which the party itself answers.
   *
   * @param most how long each of its steps may take
   * @throws IOException if there is none; the message is fit for the user, on one line
   */
  Duplex open(Duration most) throws IOException, InterruptedException;
}
