package dev.peer.core.find;

import dev.peer.core.chunk.ChunkList;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.Content;
import dev.peer.core.sign.Attestation;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Fetches a result from its holder. What it returns is untrusted. Safe for several threads; ends
 * soon when its thread is interrupted.
 */
public interface Fetch {

  /** The holder's attestation for the run. */
  Attestation attestation(Holder holder, RunKey key) throws FetchException, InterruptedException;

  /**
   * The servers that led to the holder's answer: the rendezvous that named it, and the relays that
   * passed it on. Each could have forged it.
   */
  default Set<PeerId> servers(Holder holder) {
    return holder.namedBy().map(Set::of).orElse(Set.of());
  }

  /**
   * Asks the holder for its attestation for the run, and takes the bundle with it if the holder
   * gives both at once, as it does with small ones.
   */
  default Reply result(Holder holder, RunKey key) throws FetchException, InterruptedException {
    return new Reply(attestation(holder, key), Optional.empty());
  }

  /** The most bytes of a bundle that comes with its attestation; 0 if none does. */
  default long largestAtOnce() {
    return 0;
  }

  /**
   * A holder's answer. Close it when the bundle is not taken.
   *
   * @param bundle on its way behind the attestation
   */
  record Reply(Attestation attestation, Optional<Download> bundle) implements AutoCloseable {

    @Override
    public void close() {
      bundle.ifPresent(Download::close);
    }
  }

  /**
   * Asks the holder for a bundle, or for the rest of it. Its bytes are yet to come.
   *
   * @param from how many of the first bytes are there already, fewer than the bundle has
   * @throws FetchException if the holder cannot be reached or does not send it
   */
  Download bundle(Holder holder, Content bundle, long from)
      throws FetchException, InterruptedException;

  /**
   * Asks the holder for the list of a bundle's chunks.
   *
   * @return empty if it has no such list
   * @throws FetchException if the holder cannot be reached, or gives a list that is none
   */
  default Optional<Parts> parts(Holder holder, Content bundle)
      throws FetchException, InterruptedException {
    return Optional.empty();
  }

  /** The chunks of a bundle that a holder gives in parts. */
  interface Parts {

    /** The chunks, as the holder says. */
    ChunkList list();

    /**
     * Asks for a part of the bundle.
     *
     * @throws FetchException if the holder cannot be reached or gives no parts
     */
    Download part(long from, long length) throws FetchException, InterruptedException;
  }

  /** Bytes on their way from a holder. Closing it before the end breaks them off. */
  interface Download extends AutoCloseable {

    /** Where they begin: as asked for, or 0 if the holder gives all of them again. */
    long from();

    /**
     * Writes the bytes, in their order. Written bytes stay if the transfer breaks off.
     *
     * @param pause how long to wait for the next byte, if that is less than would be waited anyway
     * @throws FetchException if they do not come to their end: then it is of the kind {@code
     *     UNREACHABLE}; or if they are more or fewer than there should be
     * @throws IOException if the stream does not take them
     */
    void into(OutputStream out, Duration pause)
        throws FetchException, IOException, InterruptedException;

    @Override
    void close();
  }
}
