package dev.peer.core.sign;

import dev.peer.core.record.Artifact;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.RunRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A whole result of which every byte was verified: the only kind that can be replayed and kept.
 * Only {@link RecordVerifier} makes one.
 */
public final class VerifiedRecord {

  private final VerifiedAttestation attestation;
  private final Path bundleFile;
  private final RunFiles files;

  VerifiedRecord(VerifiedAttestation attestation, Path bundleFile, RunFiles files) {
    this.attestation = attestation;
    this.bundleFile = bundleFile;
    this.files = files;
  }

  /** The attestation of the result. */
  public VerifiedAttestation attestation() {
    return attestation;
  }

  /** The run. */
  public RunRecord record() {
    return attestation.record();
  }

  /** The artifacts of the run, by path. */
  public List<Artifact> artifacts() throws IOException {
    return files.listOwn(record().artifacts());
  }

  /** The bundle, as signed. */
  public Path bundleFile() {
    return bundleFile;
  }

  /** The bundle's content. */
  public RunFiles files() {
    return files;
  }
}
