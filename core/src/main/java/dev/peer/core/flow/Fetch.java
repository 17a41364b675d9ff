package dev.peer.core.flow;

import dev.peer.core.id.RunKey;
import dev.peer.core.record.Content;
import dev.peer.core.sign.Attestation;
import java.io.IOException;
import java.nio.file.Path;

/** Gets a result from its holder. What it hands on is untrusted. */
public interface Fetch {

  /** The holder's attestation for the run. */
  Attestation attestation(Holder holder, RunKey key) throws FetchException, InterruptedException;

  /**
   * Writes the holder's bundle to a new file, never more than the size asked for.
   *
   * @throws FetchException if the holder did not give exactly this content
   * @throws IOException if the file could not be written
   */
  void bundle(Holder holder, Content bundle, Path target)
      throws FetchException, IOException, InterruptedException;
}
