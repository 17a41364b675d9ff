package dev.peer.core.record;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;

/** Reads the output of a live {@link OutputRecorder}, from its start and as it is written. */
public final class OutputTail implements AutoCloseable {

  private static final int LONGEST_LINE = 64;

  private final InputStream stdout;
  private final InputStream stderr;
  private final InputStream timing;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final byte[] buffer = new byte[1 << 16];

  /** Opens the files, which are read on even if their names are gone. */
  public OutputTail(RunFiles files) throws IOException {
    stdout = Files.newInputStream(files.output(OutputStreamName.STDOUT));
    stderr = Files.newInputStream(files.output(OutputStreamName.STDERR));
    timing = new BufferedInputStream(Files.newInputStream(files.timing()));
  }

  /**
   * Passes on the output since the last call, in its order.
   *
   * @return whether there was anything
   */
  public boolean passOn(OutputSink sink) throws IOException, MalformedException {
    boolean any = false;
    for (int c = timing.read(); c >= 0; c = timing.read()) {
      if (c != '\n') {
        line.write(c);
        if (line.size() > LONGEST_LINE) {
          throw new MalformedException("timing: a line is too long");
        }
        continue;
      }
      Timing chunk = Timing.parse(line.toString(StandardCharsets.ISO_8859_1));
      line.reset();
      passOn(chunk, sink);
      any = true;
    }
    return any;
  }

  private void passOn(Timing chunk, OutputSink sink) throws IOException, MalformedException {
    InputStream in = chunk.stream() == OutputStreamName.STDOUT ? stdout : stderr;
    for (long left = chunk.bytes(); left > 0; ) {
      int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (n < 0) {
        throw new MalformedException("timing: the output ends before it");
      }
      sink.write(chunk.stream(), buffer, 0, n);
      left -= n;
    }
  }

  @Override
  public void close() throws IOException {
    try (stdout;
        stderr) {
      timing.close();
    }
  }
}
