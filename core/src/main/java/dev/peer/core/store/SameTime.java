package dev.peer.core.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;

/**
 * Gives a directory its time back after files came and went in it: that of an entry says when its
 * result was kept, and what is noted beside the result for other peers extends nothing.
 *
 * @param time the one that it has again
 */
record SameTime(Path directory, FileTime time) implements AutoCloseable {

  /** Of a directory as it is now. */
  static SameTime of(Path directory) throws IOException {
    return new SameTime(directory, Files.getLastModifiedTime(directory));
  }

  @Override
  public void close() throws IOException {
    if (!Files.getLastModifiedTime(directory).equals(time)) {
      Files.setLastModifiedTime(directory, time);
    }
  }
}
