package dev.peer.pages;

import dev.peer.http.ProblemException;

/** What a relay knows now. */
public interface RelaySource {

  /**
   * What the reader sees.
   *
   * @throws ProblemException if he may not ask for peers here
   */
  RelayView now() throws ProblemException;
}
