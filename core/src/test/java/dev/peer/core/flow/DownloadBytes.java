package dev.peer.core.flow;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import dev.peer.core.find.Fetch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongConsumer;

/** What comes at once from a holder that is only played. */
public record DownloadBytes(byte[] all, long from) implements Fetch.Download {

  @Override
  public void into(Path file, Duration pause, LongConsumer progress) throws IOException {
    Files.write(file, Arrays.copyOfRange(all, (int) from, all.length), CREATE, APPEND);
    progress.accept(all.length - from);
  }

  @Override
  public void close() {}
}
