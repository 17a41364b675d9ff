package dev.peer.core.progress;

import dev.peer.core.record.OutputSink;
import dev.peer.core.record.OutputStreamName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;

/**
 * Bytes of output, in a buffer of whoever made the event: they hold until the event is taken. To
 * keep them, copy them.
 */
public final class OutputBytes {

  private final byte[] buffer;
  private final int offset;
  private final int length;

  /** A part of a buffer, which is not copied. */
  public OutputBytes(byte[] buffer, int offset, int length) {
    this.buffer = buffer;
    this.offset = offset;
    this.length = length;
  }

  /** Where they are. */
  public byte[] buffer() {
    return buffer;
  }

  /** Where in the buffer they begin. */
  public int offset() {
    return offset;
  }

  /** How many they are. */
  public int length() {
    return length;
  }

  /** Writes them to a sink, as output of this stream. */
  public void to(OutputSink sink, OutputStreamName stream) throws IOException {
    sink.write(stream, buffer, offset, length);
  }

  /** Appends them to a buffer. */
  public void to(ByteArrayOutputStream out) {
    out.write(buffer, offset, length);
  }

  /** As text. */
  public String text(Charset charset) {
    return new String(buffer, offset, length, charset);
  }
}
