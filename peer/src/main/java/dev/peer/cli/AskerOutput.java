package dev.peer.cli;

import dev.peer.core.record.OutputStreamName;
import dev.peer.handover.Reply;
import java.time.Duration;

/** A run's output for the command that asked the daemon for it, and that shows it as its own. */
final class AskerOutput implements RunOutput {

  private final Reply reply;
  private final Timeline timeline;

  /**
   * For a command.
   *
   * @param age for how long it has been at it
   */
  AskerOutput(Reply reply, Duration age) {
    this.reply = reply;
    this.timeline = new Timeline(age);
  }

  @Override
  public void step(String name) {
    timeline.begin(name);
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
