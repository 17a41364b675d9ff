package dev.peer.core.record;

import dev.peer.core.id.Digest;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.util.function.LongSupplier;

/**
 * Writes a test's output and its timing to {@link RunFiles} as it comes. Safe for one thread a
 * stream.
 *
 * <p>Chunks of one stream that come within a millisecond count as one.
 */
public final class OutputRecorder implements OutputSink, AutoCloseable {

  private static final long MERGE_MICROS = 1_000;

  private final CountedFile stdout;
  private final CountedFile stderr;
  private final CountedFile timing;
  private final LongSupplier micros;
  private final boolean live;
  private long last;
  private Timing pending;

  /**
   * Makes the files.
   *
   * @param micros a clock in microseconds that never goes back
   */
  public OutputRecorder(RunFiles files, LongSupplier micros) throws IOException {
    this(files, micros, false);
  }

  private OutputRecorder(RunFiles files, LongSupplier micros, boolean live) throws IOException {
    this.stdout = new CountedFile(files.output(OutputStreamName.STDOUT), live);
    this.stderr = new CountedFile(files.output(OutputStreamName.STDERR), live);
    this.timing = new CountedFile(files.timing(), live);
    this.live = live;
    this.micros = micros;
    this.last = micros.getAsLong();
  }

  /** One whose files can be read as they grow, by {@link OutputTail}; each chunk is its own. */
  public static OutputRecorder live(RunFiles files, LongSupplier micros) throws IOException {
    return new OutputRecorder(files, micros, true);
  }

  @Override
  public synchronized void write(OutputStreamName stream, byte[] buffer, int offset, int length)
      throws IOException {
    if (length == 0) {
      return;
    }
    long now = micros.getAsLong();
    (stream == OutputStreamName.STDOUT ? stdout : stderr).write(buffer, offset, length);
    if (pending != null && pending.stream() == stream && now - last < MERGE_MICROS) {
      pending = new Timing(stream, pending.micros(), pending.bytes() + length);
    } else {
      flushTiming();
      pending = new Timing(stream, now - last, length);
      last = now;
    }
    if (live) {
      flushTiming();
    }
  }

  /** Ends the files and returns their content's sizes and digests. */
  public synchronized TestOutput finish() throws IOException {
    flushTiming();
    close();
    return new TestOutput(stdout.content(), stderr.content(), timing.content());
  }

  @Override
  public synchronized void close() throws IOException {
    try (stdout;
        stderr) {
      timing.close();
    }
  }

  private void flushTiming() throws IOException {
    if (pending != null) {
      byte[] line = (pending + "\n").getBytes(StandardCharsets.US_ASCII);
      timing.write(line, 0, line.length);
      pending = null;
    }
  }

  /** A file that knows its size and digest when it is closed. */
  private static final class CountedFile implements AutoCloseable {

    private final DigestOutputStream out;
    private long size;

    CountedFile(Path file, boolean live) throws IOException {
      OutputStream raw = Files.newOutputStream(file);
      this.out =
          new DigestOutputStream(live ? raw : new BufferedOutputStream(raw), Digest.sha256());
    }

    void write(byte[] buffer, int offset, int length) throws IOException {
      out.write(buffer, offset, length);
      size += length;
    }

    Content content() {
      return new Content(size, Digest.ofFinished(out.getMessageDigest()));
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
