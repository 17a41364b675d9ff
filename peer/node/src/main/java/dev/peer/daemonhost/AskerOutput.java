package dev.peer.daemonhost;

import dev.peer.core.record.OutputStreamName;
import dev.peer.daemon.socket.SubmitterOutput;
import dev.peer.report.RunOutput;
import dev.peer.report.Timeline;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A run's output for the command that asked the daemon for it, and that shows it as its own. */
final class AskerOutput implements RunOutput {

  private static final long BETWEEN_BYTES = Duration.ofMillis(200).toNanos();

  private final SubmitterOutput reply;
  private final boolean progress;
  private final Timeline timeline;
  private final AtomicLong bytesAt = new AtomicLong(System.nanoTime());

  /**
   * For a command.
   *
   * @param age the time since the command started
   * @param progress whether it is to be told how far the run is
   */
  AskerOutput(SubmitterOutput reply, Duration age, boolean progress) {
    this.reply = reply;
    this.progress = progress;
    this.timeline = new Timeline(age);
  }

  @Override
  public void step(String name) {
    timeline.begin(name);
    if (progress) {
      reply.step(name);
    }
  }

  @Override
  public void awaiting(String what) {
    if (progress) {
      reply.awaiting(what);
    }
  }

  /** Not every change is sent: nobody could see that many. */
  @Override
  public boolean moved(long done, long total) {
    long now = System.nanoTime();
    if (progress && (done == total || now - bytesAt.get() >= BETWEEN_BYTES)) {
      bytesAt.set(now);
      reply.moved(done, total);
    }
    return progress;
  }

  @Override
  public Timeline timeline() {
    return timeline;
  }

  @Override
  public void say(String line) {
    reply.say(line);
  }

  @Override
  public void note(String line) {
    reply.say(line);
  }

  @Override
  public void stage(String stage) {
    step(stage);
    reply.say("stage: " + stage);
  }

  @Override
  public void print(String line) {
    reply.print(line);
  }

  @Override
  public void stageOutput(String stage, byte[] buffer, int offset, int length) {
    reply.stageOutput(stage, buffer, offset, length);
  }

  @Override
  public void write(OutputStreamName stream, byte[] buffer, int offset, int length) {
    reply.write(stream, buffer, offset, length);
  }
}
