package dev.peer.vm.snapshot;

import dev.peer.core.scratch.FileHold;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;

/**
 * A kept disk. While it is open, no process drops it.
 *
 * @param file its content, which nothing writes
 * @param begun when it was blank
 */
public record KeptDisk(Path file, Instant begun, FileHold hold) implements AutoCloseable {

  @Override
  public void close() throws IOException {
    hold.close();
  }
}
