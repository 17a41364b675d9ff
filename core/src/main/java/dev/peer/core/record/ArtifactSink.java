package dev.peer.core.record;

import java.io.IOException;
import java.io.OutputStream;

/** Takes the content of a run's artifacts while it comes. */
@FunctionalInterface
public interface ArtifactSink {

  /** Wants none of it. */
  ArtifactSink NONE = (_, _, _) -> OutputStream.nullOutputStream();

  /**
   * Begins a file, when the one before is closed.
   *
   * @param path as its {@link Artifact} has it
   * @param size how many bytes will be written
   * @return receives them
   */
  OutputStream begin(String path, FileMode mode, long size) throws IOException;
}
