package dev.peer.core.flow;

import dev.peer.core.find.Fetch;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

/** What comes at once from a holder that is only played. */
public record DownloadBytes(byte[] all, long from) implements Fetch.Download {

  @Override
  public void into(OutputStream out, Duration pause) throws IOException {
    out.write(all, (int) from, all.length - (int) from);
  }

  @Override
  public void close() {}
}
