package dev.peer.core.record;

import java.nio.file.Path;

/**
 * A bundle that was written here, and passed every check of its bytes that a reader makes. Only
 * {@link BundleWriter} makes one.
 */
public final class WrittenBundle {

  private final RunRecord record;
  private final RunFiles files;
  private final Path file;
  private final Content content;

  WrittenBundle(RunRecord record, RunFiles files, Path file, Content content) {
    this.record = record;
    this.files = files;
    this.file = file;
    this.content = content;
  }

  /** The record that is in it. */
  public RunRecord record() {
    return record;
  }

  /** The files whose content is in it. */
  public RunFiles files() {
    return files;
  }

  /** The bundle's file, which may not be on the disk yet. */
  public Path file() {
    return file;
  }

  /** The size and digest of the file. */
  public Content content() {
    return content;
  }
}
