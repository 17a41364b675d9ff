package dev.peer.http;

import java.util.Optional;

/** Something that a server needs to do its work. */
@FunctionalInterface
public interface Health {

  /** What is wrong with it now, in a line for people. Empty: nothing. */
  Optional<String> fault();
}
