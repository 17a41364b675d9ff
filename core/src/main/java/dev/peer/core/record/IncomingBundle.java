package dev.peer.core.record;

import dev.peer.core.id.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/**
 * A bundle on its way here: takes its bytes in their order, and goes over them once. While they
 * come, they are hashed, written to a file, and unpacked by a thread of its own, where each entry
 * is compared with the signed record.
 *
 * <p>Until {@link #finish} returns, what was unpacked means nothing: the caller drops it otherwise.
 */
public final class IncomingBundle extends OutputStream {

  private static final int CHUNK = 1 << 16;

  private final Content expected;
  private final BundleReader reader;
  private final OutputStream file;
  private final MessageDigest sha256 = Digest.sha256();
  private final BytePipe pipe = new BytePipe();
  private final Thread unpacker;
  private long size;
  private Throwable fault;

  private IncomingBundle(Content expected, BundleReader reader, Path into, OutputStream file) {
    this.expected = expected;
    this.reader = reader;
    this.file = file;
    unpacker = Thread.ofPlatform().daemon().name("unpack " + into).start(this::unpack);
  }

  /**
   * Waits for the first byte.
   *
   * @param expected the signed size and digest
   * @param record the signed record
   * @param file does not exist; receives the bundle as it is
   * @param into an empty directory
   * @throws MalformedException if what is signed is more than is taken
   * @throws IOException if the disk has no room, or the file cannot be made
   */
  public static IncomingBundle of(Content expected, RunRecord record, Path file, Path into)
      throws MalformedException, IOException {
    BundleReader reader = new BundleReader(expected, record, into);
    long both = reader.contentBytes() + expected.size();
    // A sum beyond the largest number is below 0.
    DiskRoom.require(into, Math.max(both, expected.size()));
    return new IncomingBundle(
        expected,
        reader,
        into,
        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  /**
   * Unpacks a bundle that is a file here.
   *
   * @param into an empty directory
   * @throws MalformedException if anything about the bundle is not as signed; the directory then
   *     holds leftovers that mean nothing
   * @throws IOException if a file cannot be read or written here, or the disk has no room for the
   *     bundle
   */
  public static RunFiles unpack(Path bundle, Content expected, RunRecord record, Path into)
      throws MalformedException, IOException {
    requireSize(Files.size(bundle), expected);
    BundleReader reader = new BundleReader(expected, record, into);
    DiskRoom.require(into, reader.contentBytes());
    try (InputStream in = Files.newInputStream(bundle);
        IncomingBundle incoming =
            new IncomingBundle(expected, reader, into, OutputStream.nullOutputStream())) {
      byte[] chunk = new byte[CHUNK];
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        incoming.write(chunk, 0, n);
      }
      return incoming.finish();
    }
  }

  /** How many bytes have come. */
  public long size() {
    return size;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  /**
   * Takes the next bytes. Those beyond the signed size are counted, and go nowhere.
   *
   * @throws IOException if the file cannot be written
   */
  @Override
  public void write(byte[] buffer, int offset, int length) throws IOException {
    if (size <= expected.size() - length) {
      for (int at = 0; at < length; at += CHUNK) {
        pipe.put(buffer, offset + at, Math.min(CHUNK, length - at));
      }
      sha256.update(buffer, offset, length);
      file.write(buffer, offset, length);
    }
    size += length;
  }

  /**
   * All bytes have come: returns the files, of which everything is as signed.
   *
   * @throws MalformedException if anything about the bundle is not
   * @throws IOException if a file could not be written here
   */
  public RunFiles finish() throws MalformedException, IOException {
    file.close();
    requireSize(size, expected);
    Digest actual = Digest.ofFinished(sha256);
    if (!actual.equals(expected.digest())) {
      throw new MalformedException(
          "the bundle's digest is " + actual + ", signed is " + expected.digest());
    }
    pipe.end();
    try {
      unpacker.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException)
          new InterruptedIOException("interrupted in the middle of a bundle").initCause(e);
    }
    return switch (fault) {
      case null -> reader.files();
      case MalformedException e -> throw e;
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(fault);
    };
  }

  private static void requireSize(long actual, Content expected) throws MalformedException {
    if (actual != expected.size()) {
      throw new MalformedException(
          "the bundle has " + actual + " bytes, signed are " + expected.size());
    }
  }

  private void unpack() {
    try (pipe) {
      reader.unpack(pipe);
    } catch (MalformedException | IOException | RuntimeException | Error e) {
      fault = e;
    }
  }

  /** Ends the unpacking, whatever has come. When this returns, no more files appear. */
  @Override
  public void close() throws IOException {
    pipe.breakOff();
    boolean interrupted = false;
    while (unpacker.isAlive()) {
      try {
        unpacker.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    file.close();
  }
}
