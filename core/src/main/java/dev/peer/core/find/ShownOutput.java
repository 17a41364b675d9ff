package dev.peer.core.find;

import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.progress.OutputBytes;
import dev.peer.core.progress.RunEvent;
import dev.peer.core.record.OutputSink;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.record.RunFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.EnumMap;
import java.util.Map;

/**
 * Shows a run's output before there is a signature, and remembers the length and digest of what it
 * showed of each stream.
 */
final class ShownOutput implements ExecutionListener {

  private static final int CHUNK = 64 << 10;

  private final ExecutionListener viewer;
  private final PeerId runner;
  private final Stream stdout = new Stream();
  private final Stream stderr = new Stream();

  private static final class Stream {
    private final MessageDigest sha256 = Digest.sha256();
    private long size;
  }

  /**
   * Nothing is shown yet.
   *
   * @param runner whose run it is
   */
  ShownOutput(ExecutionListener viewer, PeerId runner) {
    this.viewer = viewer;
    this.runner = runner;
  }

  @Override
  public void accept(RunEvent event) throws IOException {
    switch (event) {
      case RunEvent.Stage(String name) -> {
        // It is not our own stage, and so no step of ours.
        viewer.note("stage: " + name);
        viewer.awaiting("the run of " + runner + ", which is at " + name);
      }
      case RunEvent.TestOutput(OutputStreamName stream, OutputBytes bytes) -> {
        Stream seen = of(stream);
        seen.sha256.update(bytes.buffer(), bytes.offset(), bytes.length());
        seen.size += bytes.length();
        viewer.accept(event);
      }
      case RunEvent.Message _ -> viewer.accept(event);
    }
  }

  /** Whether both streams of a run begin with exactly the shown bytes. */
  boolean isBeginningOf(RunFiles files) throws IOException {
    return isBeginningOf(files, OutputStreamName.STDOUT)
        && isBeginningOf(files, OutputStreamName.STDERR);
  }

  /** Passes on the output after the shown part. */
  OutputSink rest(OutputSink sink) {
    Map<OutputStreamName, Long> left =
        new EnumMap<>(
            Map.of(OutputStreamName.STDOUT, stdout.size, OutputStreamName.STDERR, stderr.size));
    return (stream, buffer, offset, length) -> {
      int skipped = (int) Math.min(left.get(stream), length);
      left.merge(stream, (long) -skipped, Long::sum);
      if (skipped < length) {
        sink.write(stream, buffer, offset + skipped, length - skipped);
      }
    };
  }

  private boolean isBeginningOf(RunFiles files, OutputStreamName name) throws IOException {
    Stream seen = of(name);
    MessageDigest sha256 = Digest.sha256();
    byte[] chunk = new byte[CHUNK];
    try (InputStream in = Files.newInputStream(files.output(name))) {
      for (long left = seen.size; left > 0; ) {
        int n = in.read(chunk, 0, (int) Math.min(left, CHUNK));
        if (n < 0) {
          return false;
        }
        sha256.update(chunk, 0, n);
        left -= n;
      }
    }
    return MessageDigest.isEqual(sha256.digest(), digest(seen));
  }

  private static byte[] digest(Stream seen) {
    try {
      return ((MessageDigest) seen.sha256.clone()).digest();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("every Java runtime's SHA-256 can be cloned", e);
    }
  }

  private Stream of(OutputStreamName stream) {
    return stream == OutputStreamName.STDOUT ? stdout : stderr;
  }
}
