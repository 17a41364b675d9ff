package dev.peer.vm.snapshot;

import dev.peer.core.scratch.FileHold;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A kept disk. While it is open, no process drops it.
 *
 * @param name the runs that may begin with it
 * @param file its content, which nothing writes
 * @param history what it has been through
 * @param voucher why it counts, if another peer prepared it or what it was made from
 */
public record KeptDisk(
    DiskName name, Path file, DiskHistory history, Optional<Voucher> voucher, FileHold hold)
    implements AutoCloseable {

  /** When it was blank. */
  public Instant begun() {
    return history.begun();
  }

  @Override
  public void close() throws IOException {
    hold.close();
  }
}
