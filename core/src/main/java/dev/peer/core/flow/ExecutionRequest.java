package dev.peer.core.flow;

import dev.peer.core.id.LocalRepo;
import dev.peer.core.key.RunInputs;
import dev.peer.core.record.RunFiles;
import dev.peer.core.secret.Secrets;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * A run to execute.
 *
 * @param inputs everything that counts
 * @param owner whose disks and caches it begins with and leaves, whatever the inputs call it
 * @param source writes the revision as a tar
 * @param files an empty directory for the result
 * @param caches what it may use of earlier runs
 * @param secrets passed to the test stage alone, and masked in all output
 */
public record ExecutionRequest(
    RunInputs inputs,
    LocalRepo owner,
    SourceArchive source,
    RunFiles files,
    CacheUse caches,
    Secrets secrets) {

  /** The revision as a tar of git directories, made when it is needed. */
  @FunctionalInterface
  public interface SourceArchive {

    /**
     * Writes the whole tar; the stream stays open.
     *
     * @param scratch a directory for temporary files
     */
    void writeTo(Path scratch, OutputStream out) throws IOException;
  }
}
