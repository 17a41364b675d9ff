package dev.peer.cli.result;

import dev.peer.core.record.OutputSink;
import dev.peer.core.record.OutputStreamName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;

/** Both streams as one, line by line, each line behind the stream's name. */
final class LabelledOutput implements OutputSink {

  private static final int LONGEST_LINE = 1 << 16;

  private final OutputSink sink;
  private final Map<OutputStreamName, ByteArrayOutputStream> begun =
      new EnumMap<>(OutputStreamName.class);

  /** Writes to this one's stdout. */
  LabelledOutput(OutputSink sink) {
    this.sink = sink;
  }

  @Override
  public void write(OutputStreamName stream, byte[] buffer, int offset, int length)
      throws IOException {
    ByteArrayOutputStream line = begun.computeIfAbsent(stream, _ -> new ByteArrayOutputStream());
    for (int i = offset; i < offset + length; i++) {
      if (buffer[i] != '\n') {
        line.write(buffer[i]);
      }
      if (buffer[i] == '\n' || line.size() == LONGEST_LINE) {
        end(stream, line);
      }
    }
  }

  /** The last lines may have no end. */
  void end() throws IOException {
    for (Map.Entry<OutputStreamName, ByteArrayOutputStream> entry : begun.entrySet()) {
      if (entry.getValue().size() > 0) {
        end(entry.getKey(), entry.getValue());
      }
    }
  }

  private void end(OutputStreamName stream, ByteArrayOutputStream line) throws IOException {
    String label = stream == OutputStreamName.STDOUT ? "out| " : "err| ";
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
    whole.writeBytes(line.toByteArray());
    whole.write('\n');
    line.reset();
    sink.write(OutputStreamName.STDOUT, whole.toByteArray(), 0, whole.size());
  }
}
