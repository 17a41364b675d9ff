package dev.peer.core.flow;

import dev.peer.core.key.RunInputs;
import dev.peer.core.record.RunFiles;
import java.io.IOException;
import java.io.OutputStream;

/**
 * What to run.
 *
 * @param inputs everything that counts
 * @param source writes the revision as a tar
 * @param files an empty directory for the result
 */
public record ExecutionRequest(RunInputs inputs, SourceArchive source, RunFiles files) {

  /** The revision as a tar of git directories, made when it is needed. */
  @FunctionalInterface
  public interface SourceArchive {

    /** Writes the whole tar; the stream stays open. */
    void writeTo(OutputStream out) throws IOException;
  }
}
