package dev.peer.client.fetch;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.LongConsumer;

/** Tells how many bytes more were written, again and again. */
public final class CountedOutput extends FilterOutputStream {

  private final LongConsumer progress;

  /** Writes to the stream, which is closed with this. */
  public CountedOutput(OutputStream out, LongConsumer progress) {
    super(out);
    this.progress = progress;
  }

  @Override
  public void write(int b) throws IOException {
    out.write(b);
    progress.accept(1);
  }

  @Override
  public void write(byte[] buffer, int offset, int length) throws IOException {
    out.write(buffer, offset, length);
    progress.accept(length);
  }
}
