package dev.peer.pages;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.peer.core.record.MalformedException;
import dev.peer.core.record.OutputStreamName;
import dev.peer.wire.OutputFrame;
import dev.peer.wire.OutputFrame.Kind;
import dev.peer.wire.RunEnd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/** What a run in progress has put out so far, as one onlooker has read it. */
final class LiveLog implements AutoCloseable {

  private final RunInProgress.Onlooker run;
  private final OutputFrame.Reader frames = new OutputFrame.Reader(this::read);
  private final LogReader stages = new LogReader();
  private final LogReader output = new LogReader();
  private ByteBuffer piece = ByteBuffer.allocate(0);
  private Duration patience = Duration.ZERO;
  private Optional<String> stage = Optional.empty();
  private Optional<RunEnd> end = Optional.empty();

  /** Has read nothing yet. Closing it ends the looking on. */
  LiveLog(RunInProgress.Onlooker run) {
    this.run = run;
  }

  /**
   * Reads everything that there is.
   *
   * @param most how long to wait if there is nothing
   */
  void read(Duration most) throws IOException, InterruptedException {
    patience = most;
    try {
      while (end.isEmpty() && isMore(frames.next())) {
        patience = Duration.ZERO;
      }
    } catch (MalformedException e) {
      throw new IOException("the run's output: " + e.getMessage(), e);
    }
  }

  private int read(byte[] buffer, int offset, int length) throws IOException, InterruptedException {
    if (!piece.hasRemaining()) {
      Optional<ByteBuffer> next = run.next(patience);
      if (next.isEmpty()) {
        return -1;
      }
      piece = next.get();
    }
    int n = Math.min(length, piece.remaining());
    piece.get(buffer, offset, n);
    return n;
  }

  /** Whether there may be more now. */
  private boolean isMore(Optional<Kind> kind) throws MalformedException {
    if (kind.isEmpty()) {
      throw new MalformedException("it ends without an end");
    }
    byte[] content = frames.content();
    int length = frames.length();
    switch (kind.get()) {
      case BEGUN, ALIVE -> {}
      case STAGE -> begin(new String(content, 0, length, US_ASCII));
      case STAGE_OUTPUT -> stages.write(OutputStreamName.STDOUT, content, 0, length);
      case STDOUT -> output.write(OutputStreamName.STDOUT, content, 0, length);
      case STDERR -> output.write(OutputStreamName.STDERR, content, 0, length);
      case END -> {
        end = Optional.of(RunEnd.parse(Arrays.copyOf(content, length)));
        stages.endLines();
        output.endLines();
      }
    }
    return kind.get() != Kind.ALIVE;
  }

  private void begin(String name) {
    stage = Optional.of(name);
    stages.endLines();
    byte[] heading = ("\u001b[m\u001b[1m" + name + "\u001b[m\n").getBytes(US_ASCII);
    stages.write(OutputStreamName.STDOUT, heading, 0, heading.length);
  }

  /** What the stages before and after the test put out, each stage below its name. */
  LogReader stages() {
    return stages;
  }

  /** What the test put out. */
  LogReader output() {
    return output;
  }

  /** The stage that the run is in; empty: it is about to begin. */
  Optional<String> stage() {
    return stage;
  }

  /** How the run has ended, if it has. */
  Optional<RunEnd> end() {
    return end;
  }

  @Override
  public void close() throws IOException {
    run.close();
  }
}
