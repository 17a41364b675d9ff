package dev.peer.core.flow;

import dev.peer.core.id.PeerId;
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
  private final Optional<PeerId> holder;
  private final ScratchDirectory unpacked;

  Replayable(
      VerifiedRecord verified,
      StoredRecord stored,
      Optional<PeerId> holder,
      ScratchDirectory unpacked) {
    this.verified = verified;
    this.stored = stored;
    this.holder = holder;
    this.unpacked = unpacked;
  }

  /** What was verified, and its content. */
  public VerifiedRecord verified() {
    return verified;
  }

  /** The result as it lies in the store. */
  public StoredRecord stored() {
    return stored;
  }

  /** Who gave the result; nobody if it was in the store or has just been made. */
  public Optional<PeerId> holder() {
    return holder;
  }

  /** Removes the unpacked content alone; the stored result is the caller's to close. */
  public StoredRecord release() throws IOException {
    unpacked.close();
    return stored;
  }

  @Override
  public void close() throws IOException {
    try (stored) {
      unpacked.close();
    }
  }
}
