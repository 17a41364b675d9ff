package dev.peer.core.store;

import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.Content;
import dev.peer.core.sign.Attestation;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A verified result in the store. Only the store makes one.
 *
 * <p>While it is open, retention leaves it alone.
 */
public final class StoredRecord implements AutoCloseable {

  private final RunSummary summary;
  private final Attestation attestation;
  private final Content bundle;
  private final Path bundleFile;
  private final Runnable release;
  private boolean synced;

  StoredRecord(
      RunSummary summary,
      Attestation attestation,
      Content bundle,
      Path bundleFile,
      Runnable release) {
    this.summary = summary;
    this.attestation = attestation;
    this.bundle = bundle;
    this.bundleFile = bundleFile;
    this.release = release;
  }

  public RepoId repo() {
    return summary.subject().repo();
  }

  public RunKey key() {
    return summary.key();
  }

  /** What a list shows of it. */
  public RunSummary summary() {
    return summary;
  }

  /** The envelope's bytes, to be served as they are. */
  public Attestation attestation() {
    return attestation;
  }

  /** The size and digest of the bundle, as signed. */
  public Content bundle() {
    return bundle;
  }

  /** The bundle's file, to be served as it is. */
  public Path bundleFile() {
    return bundleFile;
  }

  /**
   * Returns when the result outlives a power cut. Until then nobody else is told of it: the store
   * has it whole, but the disk may not.
   */
  public synchronized void sync() throws IOException {
    if (!synced) {
      EntryFiles.sync(bundleFile.getParent());
      synced = true;
    }
  }

  @Override
  public void close() {
    release.run();
  }
}
