package dev.peer.client.fetch;

import dev.peer.tls.Request;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/**
 * A file that is sent.
 *
 * @param length how many bytes it has
 * @param progress told how many bytes more are under way, again and again
 */
record FileBody(Path file, long length, LongConsumer progress) implements Request.Body {

  private static final int BUFFER = 64 << 10;

  @Override
  public void writeTo(OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        progress.accept(n);
        out.write(buffer, 0, n);
      }
    }
  }
}
