package dev.peer.pages;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.key.RunInputs;
import dev.peer.wire.OutputFrame;
import dev.peer.wire.OutputFrame.Kind;
import dev.peer.wire.RunEnd;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A run in progress that puts out what a test tells it to. */
final class ScriptedRun implements RunInProgress {

  private final RunInputs inputs;
  private final int most;
  private final List<byte[]> frames = new ArrayList<>();
  private int onlookers;
  private boolean followed;

  /**
   * About to begin.
   *
   * @param most how many may look on
   */
  ScriptedRun(RunInputs inputs, int most) {
    this.inputs = inputs;
    this.most = most;
  }

  synchronized ScriptedRun stage(String name) {
    return add(Kind.STAGE, name.getBytes(UTF_8));
  }

  synchronized ScriptedRun add(Kind kind, String text) {
    return add(kind, text.getBytes(UTF_8));
  }

  synchronized ScriptedRun add(Kind kind, byte[] content) {
    frames.add(OutputFrame.of(kind, content, 0, content.length));
    notifyAll();
    return this;
  }

  synchronized void end(RunEnd how) {
    add(Kind.END, how.json());
  }

  /** Waits until somebody has seen all there is, and waits for more. */
  synchronized void awaitFollowed() throws InterruptedException {
    while (!followed) {
      wait();
    }
  }

  /** Waits until so many look on. */
  synchronized void awaitOnlookers(int count) throws InterruptedException {
    while (onlookers != count) {
      wait();
    }
  }

  @Override
  public RepoId repo() {
    return inputs.repo();
  }

  @Override
  public RunKey key() {
    return inputs.key();
  }

  @Override
  public String goal() {
    return inputs.goal();
  }

  @Override
  public Instant since() {
    return Instant.now().minusSeconds(90);
  }

  @Override
  public synchronized Optional<Onlooker> onlooker() {
    if (onlookers == most) {
      return Optional.empty();
    }
    onlookers++;
    notifyAll();
    return Optional.of(new OnlookerAtItsPlace());
  }

  private final class OnlookerAtItsPlace implements Onlooker {

    private int seen;

    @Override
    public Optional<ByteBuffer> next(Duration most) throws InterruptedException {
      synchronized (ScriptedRun.this) {
        if (seen == frames.size() && !most.isZero()) {
          followed = true;
          ScriptedRun.this.notifyAll();
          ScriptedRun.this.wait(most.toMillis());
        }
        return Optional.of(
            ByteBuffer.wrap(
                seen == frames.size() ? OutputFrame.of(Kind.ALIVE) : frames.get(seen++)));
      }
    }

    @Override
    public void close() {
      synchronized (ScriptedRun.this) {
        onlookers--;
        ScriptedRun.this.notifyAll();
      }
    }
  }
}
