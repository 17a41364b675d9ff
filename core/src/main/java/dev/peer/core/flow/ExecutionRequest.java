package dev.peer.core.flow;

import dev.peer.core.id.LocalRepo;
import dev.peer.core.key.RunInputs;
import dev.peer.core.record.ArtifactSink;
import dev.peer.core.record.RunFiles;
import dev.peer.core.secret.RunSecrets;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A run to execute.
 *
 * @param inputs everything that counts
 * @param owner whose disks and caches it begins with and leaves, whatever the inputs call it
 * @param source writes the revision's files
 * @param files an empty directory for the result
 * @param artifacts takes the content of the artifacts, beside their files
 * @param caches what it may use of earlier runs
 * @param secrets passed to their stages alone, and masked in all output
 */
public record ExecutionRequest(
    RunInputs inputs,
    LocalRepo owner,
    SourceTree source,
    RunFiles files,
    ArtifactSink artifacts,
    CacheUse caches,
    RunSecrets secrets) {

  /** The same run, which uses this of earlier ones. */
  public ExecutionRequest with(CacheUse other) {
    return new ExecutionRequest(inputs, owner, source, files, artifacts, other, secrets);
  }

  /** The revision's files, written when they are needed. */
  @FunctionalInterface
  public interface SourceTree {

    /**
     * Writes all of them, in the form that {@code image/README.md} describes.
     *
     * @param scratch a directory for temporary files
     * @param root of the disk that the guest gets
     * @throws ExecutorException if something of the revision is missing or not allowed
     */
    void writeTo(Path scratch, GuestDirectory root)
        throws IOException, ExecutorException, InterruptedException;
  }
}
