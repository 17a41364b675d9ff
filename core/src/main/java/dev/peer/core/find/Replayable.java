package dev.peer.core.find;

import dev.peer.core.id.PeerId;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.OutputSink;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.sign.VerifiedRecord;
import dev.peer.core.store.StoredRecord;
import java.io.IOException;
import java.util.Optional;

/**
 * A verified result with its content at hand. Closing it removes the unpacked content and lets the
 * store forget the result again.
 */
public final class Replayable implements AutoCloseable {

  private final VerifiedRecord verified;
  private final StoredRecord stored;
  private final Optional<Delivery> delivery;
  private final ScratchDirectory unpacked;
  private final Optional<ShownOutput> shown;

  /**
   * Wraps a result.
   *
   * @param delivery how it came; empty if it was in the store or was just made
   * @param unpacked the directory with its content
   */
  public Replayable(
      VerifiedRecord verified,
      StoredRecord stored,
      Optional<Delivery> delivery,
      ScratchDirectory unpacked) {
    this(verified, stored, delivery, unpacked, Optional.empty());
  }

  private Replayable(
      VerifiedRecord verified,
      StoredRecord stored,
      Optional<Delivery> delivery,
      ScratchDirectory unpacked,
      Optional<ShownOutput> shown) {
    this.verified = verified;
    this.stored = stored;
    this.delivery = delivery;
    this.unpacked = unpacked;
    this.shown = shown;
  }

  /**
   * The same, of which this much has been shown. It stands in for this one, which is not closed.
   */
  Replayable shown(ShownOutput output) {
    return new Replayable(verified, stored, delivery, unpacked, Optional.of(output));
  }

  /** A verified result with its content. */
  public VerifiedRecord verified() {
    return verified;
  }

  /** The result in the store. */
  public StoredRecord stored() {
    return stored;
  }

  /** The peer that sent the result; empty if it was in the store or was just made. */
  public Optional<PeerId> holder() {
    return delivery.map(Delivery::holder);
  }

  /** How the bundle came from other peers; empty if it did not. */
  public Optional<Delivery> delivery() {
    return delivery;
  }

  /** Removes the unpacked content alone; the stored result is the caller's to close. */
  public StoredRecord release() throws IOException {
    unpacked.close();
    return stored;
  }

  /** Whether the run was followed while it went on, and some or all of its output shown. */
  public boolean followed() {
    return shown.isPresent();
  }

  /** Writes the output in its recorded order, except what was shown while the run went on. */
  public void replay(OutputSink sink) throws IOException, MalformedException {
    verified.files().replay(shown.isPresent() ? shown.get().rest(sink) : sink);
  }

  @Override
  public void close() throws IOException {
    try (stored) {
      unpacked.close();
    }
  }
}
