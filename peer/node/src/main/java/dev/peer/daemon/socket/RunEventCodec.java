package dev.peer.daemon.socket;

import dev.peer.core.progress.OutputBytes;
import dev.peer.core.progress.RunEvent;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.OutputStreamName;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A run's events as frames of a connection. One is for one direction of one connection: a stage is
 * named once, before the first of its output.
 */
final class RunEventCodec {

  private String stage = "";

  /** Makes the frames of an event, in the order in which they are to be sent. */
  void encode(RunEvent.Message event, Consumer<byte[]> frames) {
    switch (event) {
      case RunEvent.Step(String name) -> frames.accept(FrameType.STEP.frame(name));
      case RunEvent.Awaiting(String what) -> frames.accept(FrameType.AWAITING.frame(what));
      case RunEvent.Moved(long done, long total) ->
          frames.accept(FrameType.MOVED.frame(done + " " + total));
      case RunEvent.Notice(String line) -> frames.accept(FrameType.SAY.frame(line));
      case RunEvent.Answer(String line) -> frames.accept(FrameType.PRINT.frame(line));
      case RunEvent.StageOutput(String name, OutputBytes bytes) ->
          encodeOfStage(name, bytes, frames);
      case RunEvent.TestOutput(OutputStreamName stream, OutputBytes bytes) ->
          encode(
              switch (stream) {
                case STDOUT -> FrameType.STDOUT;
                case STDERR -> FrameType.STDERR;
              },
              bytes,
              frames);
    }
  }

  /** The name and what follows it stay together; all else waits for nobody but the reader. */
  private synchronized void encodeOfStage(String name, OutputBytes bytes, Consumer<byte[]> frames) {
    if (!name.equals(stage)) {
      stage = name;
      frames.accept(FrameType.STAGE.frame(name));
    }
    encode(FrameType.STAGE_OUTPUT, bytes, frames);
  }

  private static void encode(FrameType type, OutputBytes bytes, Consumer<byte[]> frames) {
    for (int done = 0; done < bytes.length(); done += FrameType.LARGEST) {
      int part = Math.min(FrameType.LARGEST, bytes.length() - done);
      frames.accept(type.frame(bytes.buffer(), bytes.offset() + done, part));
    }
  }

  /**
   * Reads the event of a frame.
   *
   * @param content of the frame, from 0; the event holds as long as it does
   * @return empty: it names the stage of what follows, and is no event
   * @throws MalformedException if a frame of this type has no event
   */
  Optional<RunEvent.Message> decode(FrameType type, byte[] content, int length)
      throws MalformedException {
    OutputBytes bytes = new OutputBytes(content, 0, length);
    return switch (type) {
      case STEP -> Optional.of(new RunEvent.Step(text(bytes)));
      case AWAITING -> Optional.of(new RunEvent.Awaiting(text(bytes)));
      case MOVED -> Optional.of(moved(text(bytes)));
      case SAY -> Optional.of(new RunEvent.Notice(text(bytes)));
      case PRINT -> Optional.of(new RunEvent.Answer(text(bytes)));
      case STAGE -> {
        stage = text(bytes);
        yield Optional.empty();
      }
      case STAGE_OUTPUT -> Optional.of(new RunEvent.StageOutput(stage, bytes));
      case STDOUT -> Optional.of(new RunEvent.TestOutput(OutputStreamName.STDOUT, bytes));
      case STDERR -> Optional.of(new RunEvent.TestOutput(OutputStreamName.STDERR, bytes));
      case ASK,
          STATUS,
          ANSWER,
          DECLINED,
          NEED,
          GIVE,
          ACCEPTED,
          COMMAND,
          RUNNING,
          VARIABLE,
          VALUE,
          SIGNAL,
          COLUMNS,
          END ->
          throw new MalformedException("no event of a run: " + type);
    };
  }

  private static RunEvent.Moved moved(String text) throws MalformedException {
    String[] doneAndTotal = text.split(" ");
    try {
      return new RunEvent.Moved(Long.parseLong(doneAndTotal[0]), Long.parseLong(doneAndTotal[1]));
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw new MalformedException("two numbers expected", e);
    }
  }

  private static String text(OutputBytes bytes) {
    return bytes.text(StandardCharsets.UTF_8);
  }
}
