package dev.peer.server;

import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.progress.OutputBytes;
import dev.peer.core.progress.RunEvent;
import dev.peer.core.record.OutputStreamName;
import dev.peer.pages.RunInProgress;
import dev.peer.wire.Limits;
import dev.peer.wire.OutputFrame;
import dev.peer.wire.OutputFrame.Kind;
import dev.peer.wire.RunEnd;
import dev.peer.wire.RuntimesKey;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run in progress here, as its followers see it: from its start, each at its own speed. The
 * output is in a file, so that a slow reader takes no memory.
 *
 * <p>A failure of the file ends the following, not the run.
 */
public final class LiveRun implements ExecutionListener, RunInProgress {

  private static final Logger LOG = LoggerFactory.getLogger(LiveRun.class);

  private static final int CHUNK = 16 << 10;
  private static final byte[] ALIVE = OutputFrame.of(Kind.ALIVE);

  private final RepoId repo;
  private final RunKey key;
  private final String goal;
  private final boolean testing;
  private final Instant since = Instant.now();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** The followers that learned of a pass and have not fetched the result; once for each time. */
  private final List<PeerId> toFetch = new ArrayList<>();

  private volatile Optional<Path> backlog = Optional.empty();
  private OutputStream out = OutputStream.nullOutputStream();
  private long size;
  private volatile Optional<byte[]> end = Optional.empty();
  private boolean passed;
  private int followers;
  private int onlookers;

  /**
   * A run that is about to begin.
   *
   * @param goal the target of mk and further arguments, for people
   */
  public LiveRun(RepoId repo, RunKey key, String goal) {
    this(repo, key, goal, true);
  }

  private LiveRun(RepoId repo, RunKey key, String goal, boolean testing) {
    this.repo = repo;
    this.key = key;
    this.goal = goal;
    this.testing = testing;
  }

  /** A runtime that is made here: others wait for its end, and pages do not show it. */
  public static LiveRun ofRuntime(RepoId repo, Digest image) {
    return new LiveRun(repo, RuntimesKey.of(repo, image), "", false);
  }

  @Override
  public RepoId repo() {
    return repo;
  }

  @Override
  public RunKey key() {
    return key;
  }

  @Override
  public String goal() {
    return goal;
  }

  @Override
  public Instant since() {
    return since;
  }

  /** Whether it is one of tests, and has not ended. */
  boolean isTesting() {
    return testing && end.isEmpty();
  }

  /**
   * It begins.
   *
   * @param file a new file for the output; it may be removed when the run has ended
   */
  public void begin(Path file) {
    lock.lock();
    try {
      out = Files.newOutputStream(file);
      backlog = Optional.of(file);
    } catch (IOException e) {
      end(new RunEnd.BrokenOff());
    } finally {
      lock.unlock();
    }
    add(OutputFrame.of(Kind.BEGUN));
  }

  /** Followers get stages and output; notices are for the one whose machine it is. */
  @Override
  public void accept(RunEvent event) {
    switch (event) {
      case RunEvent.Stage(String name) -> {
        byte[] stage = RunEnd.requireStage(name).getBytes(StandardCharsets.US_ASCII);
        add(OutputFrame.of(Kind.STAGE, stage, 0, stage.length));
      }
      case RunEvent.StageOutput(String _, OutputBytes bytes) -> add(Kind.STAGE_OUTPUT, bytes);
      case RunEvent.TestOutput(OutputStreamName stream, OutputBytes bytes) ->
          add(stream == OutputStreamName.STDOUT ? Kind.STDOUT : Kind.STDERR, bytes);
      case RunEvent.Progress _, RunEvent.Notice _, RunEvent.Answer _ -> {}
    }
  }

  /** It has ended, and nothing more is put out. Only the first end counts. */
  public void end(RunEnd how) {
    // Before it locks: the first JSON of a process takes a while, and the last output is not to
    // wait.
    byte[] json = how.json();
    lock.lock();
    try {
      if (end.isEmpty()) {
        end = Optional.of(OutputFrame.of(Kind.END, json, 0, json.length));
        passed = how instanceof RunEnd.Passed;
        changed.signalAll();
        out.close();
      }
    } catch (IOException e) {
      // Each piece went to the file at once, so that there is none left to be lost.
      LOG.debug("closing what {} has put out", key, e);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the run has no followers and each one that learned of a pass has fetched the
   * result.
   *
   * @param most how long
   */
  public void awaitFollowers(Duration most) throws InterruptedException {
    lock.lock();
    try {
      long left = most.toNanos();
      while ((followers > 0 || !toFetch.isEmpty()) && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Somebody has fetched the result. */
  void fetched(PeerId peer) {
    lock.lock();
    try {
      toFetch.remove(peer);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Adds a follower; empty: the maximum is reached. */
  Optional<Reader> reader(PeerId peer) {
    lock.lock();
    try {
      if (followers == Limits.FOLLOWERS) {
        return Optional.empty();
      }
      followers++;
      return Optional.of(new Reader(Optional.of(peer)));
    } finally {
      lock.unlock();
    }
  }

  /** Nobody waits for those who only look on: they fetch no result. */
  @Override
  public Optional<Onlooker> onlooker() {
    lock.lock();
    try {
      if (onlookers == Limits.FOLLOWERS) {
        return Optional.empty();
      }
      onlookers++;
      return Optional.of(new Reader(Optional.empty()));
    } finally {
      lock.unlock();
    }
  }

  private void add(Kind kind, OutputBytes bytes) {
    for (int done = 0; done < bytes.length(); done += Limits.FRAME) {
      int part = Math.min(Limits.FRAME, bytes.length() - done);
      add(OutputFrame.of(kind, bytes.buffer(), bytes.offset() + done, part));
    }
  }

  private void add(byte[] frame) {
    lock.lock();
    try {
      if (end.isEmpty()) {
        out.write(frame);
        size += frame.length;
        changed.signalAll();
      }
    } catch (IOException e) {
      end(new RunEnd.BrokenOff());
    } finally {
      lock.unlock();
    }
  }

  /** A follower, or somebody who looks on. */
  final class Reader implements Onlooker {

    private final Optional<PeerId> follower;
    private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
    private Optional<FileChannel> file = Optional.empty();
    private long read;
    private boolean ended;
    private boolean told;

    private Reader(Optional<PeerId> follower) {
      this.follower = follower;
    }

    /**
     * Waits for the next frame: bytes of the backlog, a sign of life, or the end. Send it before
     * you ask for the next; empty: there are no more.
     */
    Optional<ByteBuffer> next() throws IOException, InterruptedException {
      return next(Duration.ofSeconds(Limits.ALIVE_SECONDS));
    }

    @Override
    public Optional<ByteBuffer> next(Duration most) throws IOException, InterruptedException {
      if (ended) {
        told = true;
        return Optional.empty();
      }
      long available = await(most);
      if (available > 0) {
        return Optional.of(ofBacklog(available));
      }
      ended = available < 0;
      return Optional.of(ByteBuffer.wrap(ended ? end.orElseThrow() : ALIVE));
    }

    /** How many bytes there are in the backlog; 0: none for a while, less: no more. */
    private long await(Duration most) throws InterruptedException {
      lock.lock();
      try {
        long left = most.toNanos();
        while (size == read && end.isEmpty() && left > 0) {
          left = changed.awaitNanos(left);
        }
        return size > read ? size - read : end.isPresent() ? -1 : 0;
      } finally {
        lock.unlock();
      }
    }

    private ByteBuffer ofBacklog(long available) throws IOException {
      if (file.isEmpty()) {
        file = Optional.of(FileChannel.open(backlog.orElseThrow()));
      }
      chunk.clear().limit((int) Math.min(CHUNK, available));
      int n = file.get().read(chunk, read);
      if (n < 0) {
        throw new EOFException("the file has become shorter");
      }
      read += n;
      return chunk.flip();
    }

    @Override
    public void close() throws IOException {
      lock.lock();
      try {
        if (follower.isEmpty()) {
          onlookers--;
        } else {
          followers--;
          if (told && passed) {
            toFetch.add(follower.get());
          }
        }
        changed.signalAll();
      } finally {
        lock.unlock();
      }
      if (file.isPresent()) {
        file.get().close();
      }
    }
  }
}
