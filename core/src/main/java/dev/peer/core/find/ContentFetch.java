package dev.peer.core.find;

import dev.peer.core.record.Content;
import java.util.Optional;

/** Fetches content of one kind from its holders. What it returns is untrusted. */
public interface ContentFetch {

  /**
   * Asks the holder for the content, or for the rest of it. Its bytes are yet to come.
   *
   * @param from how many of the first bytes are there already, fewer than it has
   * @throws FetchException if the holder cannot be reached or does not send it
   */
  Fetch.Download content(Holder holder, Content content, long from)
      throws FetchException, InterruptedException;

  /**
   * Asks the holder for the list of the content's chunks.
   *
   * @return empty if it has no such list
   * @throws FetchException if the holder cannot be reached, or gives a list that is none
   */
  Optional<Fetch.Parts> parts(Holder holder, Content content)
      throws FetchException, InterruptedException;

  /** The most bytes of content that comes with its attestation; 0 if none does. */
  default long largestAtOnce() {
    return 0;
  }
}
