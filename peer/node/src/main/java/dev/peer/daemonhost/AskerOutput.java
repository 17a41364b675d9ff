package dev.peer.daemonhost;

import dev.peer.core.progress.RunEvent;
import dev.peer.report.RunOutput;
import dev.peer.report.Timeline;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A run's output for the command that asked the daemon for it, and that shows it as its own. */
final class AskerOutput implements RunOutput {

  private static final long BETWEEN_BYTES = Duration.ofMillis(200).toNanos();

  private final Consumer<RunEvent.Message> reply;
  private final boolean progress;
  private final Timeline timeline;
  private final AtomicLong bytesAt = new AtomicLong(System.nanoTime());

  /**
   * For a command.
   *
   * @param age the time since the command started
   * @param progress whether it is to be told how far the run is
   */
  AskerOutput(Consumer<RunEvent.Message> reply, Duration age, boolean progress) {
    this.reply = reply;
    this.progress = progress;
    this.timeline = new Timeline(age);
  }

  @Override
  public void tell(RunEvent.Message message) {
    if (message instanceof RunEvent.Step(String name)) {
      timeline.begin(name);
    }
    if (isForTheCommand(message)) {
      reply.accept(message);
    }
  }

  private boolean isForTheCommand(RunEvent.Message message) {
    return switch (message) {
      case RunEvent.Moved moved -> progress && isDue(moved);
      case RunEvent.Step _, RunEvent.Awaiting _ -> progress;
      case RunEvent.Notice _, RunEvent.Answer _, RunEvent.StageOutput _, RunEvent.TestOutput _ ->
          true;
    };
  }

  /** Not every change is sent: nobody could see that many. */
  private boolean isDue(RunEvent.Moved moved) {
    long now = System.nanoTime();
    boolean due = moved.done() == moved.total() || now - bytesAt.get() >= BETWEEN_BYTES;
    if (due) {
      bytesAt.set(now);
    }
    return due;
  }

  @Override
  public boolean showsProgress() {
    return progress;
  }

  @Override
  public Timeline timeline() {
    return timeline;
  }
}
