package dev.peer.core.record;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The files of one run in a directory: {@code stdout}, {@code stderr}, {@code timing}, {@code
 * artifacts/} with the plain files among the artifacts, and {@code manifest} if the record does not
 * name them itself. An executor fills such a directory, a bundle unpacks into one.
 */
public record RunFiles(Path directory) {

  private static final int LARGEST_CHUNK = 1 << 16;
  private static final int LONGEST_LINE = 64;
  private static final long LONGEST_MICROS =
      TimeUnit.NANOSECONDS.toMicros(RunRecord.LONGEST.toNanos());

  /** The file with the test's output on this stream. */
  public Path output(OutputStreamName stream) {
    return directory.resolve(stream.toString());
  }

  /** In which pieces and when the output came, in the form of {@link Timing}. */
  public Path timing() {
    return directory.resolve("timing");
  }

  /** The directory of the artifacts; missing if there are none. */
  public Path artifacts() {
    return directory.resolve("artifacts");
  }

  /** The list of the artifacts, where the record does not name them itself. */
  Path manifest() {
    return directory.resolve("manifest");
  }

  /** All artifacts of a record whose files these are. */
  public List<Artifact> list(Artifacts artifacts) throws IOException, MalformedException {
    return switch (artifacts) {
      case Artifacts.Listed(List<Artifact> list) -> list;
      case Artifacts.Manifested manifested -> ArtifactManifest.read(manifest(), manifested);
    };
  }

  /** As {@link #list}, of files that were whole here before: any fault is one of this machine. */
  public List<Artifact> listOwn(Artifacts artifacts) throws IOException {
    try {
      return list(artifacts);
    } catch (MalformedException e) {
      throw new IOException("the list of artifacts was changed here: " + e.getMessage(), e);
    }
  }

  /** The artifact's content. */
  public Path artifact(Artifact.File artifact) {
    return artifacts().resolve(artifact.path());
  }

  /** Receives a chunk of output. */
  @FunctionalInterface
  public interface SinkAfter {

    /** Asked for each chunk, with the microseconds since the one before. */
    OutputSink sink(long micros);
  }

  /** Writes the output once more, in the order in which it came, without waiting. */
  public void replay(OutputSink sink) throws IOException, MalformedException {
    replay((SinkAfter) _ -> sink);
  }

  /** Receives a chunk of output with its time. */
  public void replay(SinkAfter sinks) throws IOException, MalformedException {
    byte[] buffer = new byte[LARGEST_CHUNK];
    try (InputStream stdout = Files.newInputStream(output(OutputStreamName.STDOUT));
        InputStream stderr = Files.newInputStream(output(OutputStreamName.STDERR));
        // Every byte is a character of this set: no line is read here that is not refused below.
        BufferedReader lines = Files.newBufferedReader(timing(), StandardCharsets.ISO_8859_1)) {
      long left = LONGEST_MICROS;
      for (String line = readLine(lines); line != null; line = readLine(lines)) {
        Timing chunk = Timing.parse(line);
        left -= chunk.micros();
        if (left < 0) {
          throw new MalformedException("timing: it is longer than any run");
        }
        InputStream in = chunk.stream() == OutputStreamName.STDOUT ? stdout : stderr;
        copy(in, chunk, sinks.sink(chunk.micros()), buffer);
      }
      if (stdout.read() >= 0 || stderr.read() >= 0) {
        throw new MalformedException("timing: it ends before the output");
      }
    }
  }

  private static String readLine(BufferedReader lines) throws IOException, MalformedException {
    StringBuilder line = new StringBuilder();
    for (int c = lines.read(); c != '\n'; c = lines.read()) {
      if (c < 0 && line.isEmpty()) {
        return null;
      }
      if (c < 0 || line.length() == LONGEST_LINE) {
        throw new MalformedException("timing: a line is too long or has no end");
      }
      line.append((char) c);
    }
    return line.toString();
  }

  private static void copy(InputStream in, Timing chunk, OutputSink sink, byte[] buffer)
      throws IOException, MalformedException {
    long left = chunk.bytes();
    while (left > 0) {
      int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (n < 0) {
        throw new MalformedException("timing: the output ends before it");
      }
      sink.write(chunk.stream(), buffer, 0, n);
      left -= n;
    }
  }
}
