package dev.peer.network;

import dev.peer.core.progress.Notices;
import dev.peer.report.Facts;
import java.time.Duration;
import java.util.function.LongConsumer;

/**
 * Reports a transfer's progress where no progress line is shown: at most ten lines, and none for a
 * short transfer.
 */
final class PullProgress implements LongConsumer {

  private static final int LINES = 10;
  private static final long PAUSE = Duration.ofSeconds(2).toNanos();
  private static final long MEBIBYTE = 1 << 20;

  private final long total;
  private final Notices notices;
  private long done;
  private long said;
  private long saidAt = System.nanoTime();

  PullProgress(long total, Notices notices) {
    this.total = total;
    this.notices = notices;
  }

  /** So many bytes are there now. */
  void at(long bytes) {
    done = bytes;
  }

  /** So many bytes more are there. */
  @Override
  public void accept(long bytes) {
    done += bytes;
    notices.moved(done, total);
    long now = System.nanoTime();
    if (!notices.showsProgress() && done - said >= total / LINES && now - saidAt >= PAUSE) {
      notices.say("got " + done / MEBIBYTE + " of " + Facts.mebibytes(total));
      said = done;
      saidAt = now;
    }
  }
}
