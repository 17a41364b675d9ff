package dev.peer.core.sign;

import dev.peer.core.record.IncomingBundle;
import dev.peer.core.record.MalformedException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * A result whose attestation holds, and whose bundle is on its way here: takes the bundle's bytes,
 * from whatever source, and verifies them as they come. Only {@link RecordVerifier} makes one.
 *
 * <p>Nothing of it counts before {@link #finish} returns. Closing it earlier gives it up.
 */
public final class IncomingRecord extends OutputStream {

  private final VerifiedAttestation attestation;
  private final Path bundleFile;
  private final IncomingBundle bundle;

  IncomingRecord(VerifiedAttestation attestation, Path bundleFile, IncomingBundle bundle) {
    this.attestation = attestation;
    this.bundleFile = bundleFile;
    this.bundle = bundle;
  }

  /** How many bytes of the bundle have come. */
  public long size() {
    return bundle.size();
  }

  @Override
  public void write(int b) throws IOException {
    bundle.write(b);
  }

  @Override
  public void write(byte[] buffer, int offset, int length) throws IOException {
    bundle.write(buffer, offset, length);
  }

  /**
   * All bytes have come: returns the result.
   *
   * @throws VerificationException if a byte of it is not as signed
   * @throws IOException if a file could not be written here
   */
  public VerifiedRecord finish() throws VerificationException, IOException {
    try {
      return new VerifiedRecord(attestation, bundleFile, bundle.finish());
    } catch (MalformedException e) {
      throw new VerificationException(e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    bundle.close();
  }
}
