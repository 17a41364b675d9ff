package dev.peer.vm.snapshot;

import dev.peer.core.scratch.FileHold;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;

/**
 * A disk that was kept. While it is open, nobody drops it.
 *
 * @param file its content, which nobody writes
 * @param begun when it was blank
 */
public record KeptDisk(Path file, Instant begun, FileHold hold) implements AutoCloseable {

  @Override
  public void close() throws IOException {
    hold.close();
  }
}
