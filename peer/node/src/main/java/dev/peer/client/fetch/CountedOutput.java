package dev.peer.client.fetch;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongConsumer;

/** Tells how many bytes more were written, again and again. */
public final class CountedOutput extends FilterOutputStream {

  private final LongConsumer progress;

  /** Writes to the stream, which is closed with this. */
  public CountedOutput(OutputStream out, LongConsumer progress) {
    super(out);
    this.progress = progress;
  }

  /**
   * Goes on with a file.
   *
   * @param file made if it is missing
   * @param from where the bytes go; what it has behind that is cut off
   */
  public static CountedOutput onto(Path file, long from, LongConsumer progress) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean done = false;
    try {
      channel.truncate(from).position(from);
      done = true;
      return new CountedOutput(Channels.newOutputStream(channel), progress);
    } finally {
      if (!done) {
        channel.close();
      }
    }
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
