package dev.peer.daemon;

import dev.peer.core.flow.MachineSlots;
import dev.peer.core.progress.Notices;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;

/**
 * The runs of a daemon. Each is accepted as soon as it is on disk, and starts at once. Hits never
 * queue; runs that need a machine are served first come, first served, a limited number at a time.
 *
 * <p>It outlives its process. Runs that have not ended when it is {@linkplain #close closed}, or
 * when the process is killed, start again with the next queue in the same directory. An interrupted
 * run does so up to three times, because it may be what killed the process; then it is lost, and
 * the queue says so. The last ended runs stay on disk too, without their variables.
 *
 * <p>What happens to a run, with its {@link QueuedRun.State} and the ending that it gets:
 *
 * <pre>
 *    submit, or start with a run that an earlier queue has left
 *        |                      \
 *        |                       had a machine in three processes already ----&gt; ENDED, lost
 *        v
 *    SEARCHING ------- found a result, or was followed, or failed ------------&gt; ENDED, passed or
 *        |    ^                                                                  failed
 *        |    | gives it back
 *        |    |
 *        |  RUNNING  has a machine; the first time, its attempt is on disk before it has one
 *        |    ^
 *        |    | is the first of those that wait, and a machine is free
 *        v    |
 *      WAITING
 *
 *    any of the three: cancel, withdraw (without an attempt only) --------------&gt; ENDED, cancelled
 *    any of the three: the queue is closed -----&gt; on disk without attempts, POSTPONED for its caller
 *    any of the three: the process is killed ---&gt; on disk with its attempts; the next queue starts it
 * </pre>
 *
 * <p>For several threads at once. Locks are taken in this order: the queue's own, which also guards
 * the files; then that of {@link Machines}, or of one {@link OpenRun}. Whoever holds one of the
 * latter takes no other. No listener to places in the queue is called under a lock.
 */
public final class RunQueue implements AutoCloseable {

  private static final int MOST_OPEN = 1000;
  private static final int MOST_ATTEMPTS = 3;
  private static final int MOST_ENDED = 50;
  static final int INFRASTRUCTURE = 4;
  private static final QueuedRun.Position WAITING = QueuedRun.Position.of(QueuedRun.State.WAITING);
  private static final QueuedRun.Position ENDED = QueuedRun.Position.of(QueuedRun.State.ENDED);

  private final int mostOpen;
  private final QueueFiles files;
  private final Machines machines;
  private final Runner unattended;
  private final Notices notices;
  private final SortedMap<Long, OpenRun> open = new TreeMap<>();
  private final List<QueueEntry> ended = new ArrayList<>();
  private long last;
  private boolean closed;

  /** Does the runs. */
  @FunctionalInterface
  public interface Runner {

    /**
     * Runs, on a platform thread that is this run's alone. It is interrupted when the run is
     * cancelled, and when the queue is closed.
     *
     * @param machine gives it a machine
     */
    QueuedRunEnd run(RunRequest request, Machine machine) throws InterruptedException;
  }

  /** Gives one run a machine. */
  public interface Machine {

    /** The run's number. */
    long id();

    /**
     * The turns of the run, of which it takes one at a time.
     *
     * @param places told the run's place in the queue whenever it changes; 1 is the next; not told
     *     if it need not wait
     */
    Turns slots(IntConsumer places);
  }

  /** The turns of one run. */
  public interface Turns extends MachineSlots {

    /** Says whose result the run is to give, as soon as its runner knows. */
    void isOf(ResultName name);
  }

  /** A run that was accepted. */
  public interface Ticket {

    /** Its number, as {@link QueuedRun} has it. */
    long id();

    /**
     * How it ends, whenever it does. It is never completed exceptionally; with {@link
     * QueuedRunEnd.How#POSTPONED} if the queue is closed before.
     */
    CompletableFuture<QueuedRunEnd> ended();

    /** Breaks it off, wherever it stands. Returns at once. */
    void cancel();
  }

  /**
   * Does nothing until it is started.
   *
   * @param directory where the runs are kept; made if it is missing. No other queue may use it
   * @param most how many have a machine at once
   * @param unattended does the runs without a waiting caller
   * @param notices told what happens to runs
   */
  public RunQueue(Path directory, int most, Runner unattended, Notices notices) throws IOException {
    this(directory, most, MOST_OPEN, unattended, notices);
  }

  RunQueue(Path directory, int most, int mostOpen, Runner unattended, Notices notices)
      throws IOException {
    this.mostOpen = mostOpen;
    this.files = new QueueFiles(directory);
    files.open();
    this.machines = new Machines(most);
    this.unattended = unattended;
    this.notices = notices;
  }

  /**
   * Has something done whenever the last run has given its machine back and none waits for one; it
   * is to return at once.
   */
  public void whenMachinesAreIdle(Runnable action) {
    machines.whenIdle(action);
  }

  /** Starts with the runs that an earlier queue has left. */
  public void start() throws IOException {
    Map<Path, String> unreadable = new TreeMap<>();
    List<QueueEntry> left = files.read(unreadable::put);
    for (Map.Entry<Path, String> file : unreadable.entrySet()) {
      notices.say(
          "warning: a run cannot be read and is set aside: "
              + QueueFiles.setAside(file.getKey())
              + ": "
              + file.getValue());
    }
    List<OpenRun> begin = new ArrayList<>();
    synchronized (this) {
      for (QueueEntry entry : left) {
        last = Math.max(last, entry.id());
        if (entry.end().isPresent()) {
          ended.add(entry);
        } else if (entry.attempts() >= MOST_ATTEMPTS) {
          lose(entry);
        } else {
          begin.add(new OpenRun(this, machines, entry, unattended));
        }
      }
      for (OpenRun run : begin) {
        notices.say(
            run.name()
                + (run.entry.attempts() > 0
                    ? " was cut off when the daemon ended, and runs again"
                    : " was in the queue when the daemon ended"));
        open.put(run.id(), run);
        run.start();
      }
    }
  }

  private void lose(QueueEntry entry) throws IOException {
    QueuedRunEnd lost =
        new QueuedRunEnd(
            QueuedRunEnd.How.LOST,
            INFRASTRUCTURE,
            "the daemon was killed " + entry.attempts() + " times while it ran");
    QueueEntry end = entry.ended(lost, Instant.now());
    files.write(end);
    ended.add(end);
    notices.say("warning: " + entry.name() + " is lost: " + lost.text());
  }

  /**
   * Accepts a run without a waiting caller. When this returns, it is on disk.
   *
   * @throws RunRefusedException if there are a thousand already that have not ended, or the queue
   *     is closed
   * @throws IOException if it could not be written; then it is not accepted
   */
  public Ticket submit(RunRequest request) throws RunRefusedException, IOException {
    return submit(request, unattended);
  }

  /**
   * As the other.
   *
   * @param runner does this run in this process. After an interruption, the run has no waiting
   *     caller
   */
  public Ticket submit(RunRequest request, Runner runner) throws RunRefusedException, IOException {
    synchronized (this) {
      if (closed) {
        throw new RunRefusedException("the daemon is about to end");
      }
      if (open.size() >= mostOpen) {
        throw new RunRefusedException("there are " + mostOpen + " runs in the queue");
      }
      QueueEntry entry = new QueueEntry(last + 1, request, Instant.now(), 0, Optional.empty());
      files.write(entry);
      last++;
      OpenRun run = new OpenRun(this, machines, entry, runner);
      open.put(run.id(), run);
      run.start();
      return run;
    }
  }

  /**
   * The runs on disk, as {@link #runs} has them, where no queue is open.
   *
   * @param directory where they are kept; it need not be there
   */
  public static List<QueuedRun> left(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    List<QueueEntry> all = new QueueFiles(directory).read((_, _) -> {});
    List<QueuedRun> runs = new ArrayList<>();
    all.stream()
        .filter(entry -> entry.end().isEmpty())
        .forEach(entry -> runs.add(QueuedRun.of(entry, WAITING)));
    all.reversed().stream()
        .filter(entry -> entry.end().isPresent())
        .forEach(entry -> runs.add(QueuedRun.of(entry, ENDED)));
    return runs;
  }

  /**
   * All runs that have not ended, the first first, and then the last ones that have, the last
   * first.
   */
  public synchronized List<QueuedRun> runs() {
    List<QueuedRun> runs = new ArrayList<>();
    open.values().forEach(run -> runs.add(run.now()));
    for (QueueEntry entry : ended.reversed()) {
      runs.add(QueuedRun.of(entry, ENDED));
    }
    return runs;
  }

  /**
   * Breaks off a run that has not ended, unless it has had a machine.
   *
   * @return whether it was broken off
   */
  public synchronized boolean withdraw(long id) {
    OpenRun run = open.get(id);
    if (run == null || run.entry.attempts() > 0) {
      return false;
    }
    run.cancel();
    return true;
  }

  /** Accepts nothing more, interrupts runs that have not ended, and waits for them. */
  @Override
  public void close() {
    List<OpenRun> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(open.values());
    }
    left.forEach(OpenRun::interrupt);
    boolean interrupted = false;
    for (OpenRun run : left) {
      while (run.isAlive()) {
        try {
          run.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  void end(OpenRun run, QueuedRunEnd reached) {
    QueuedRunEnd ending = reached;
    synchronized (this) {
      boolean postponed =
          closed && !run.isCancelled() && reached.how() == QueuedRunEnd.How.CANCELLED;
      try {
        if (postponed) {
          ending =
              new QueuedRunEnd(QueuedRunEnd.How.POSTPONED, INFRASTRUCTURE, "the daemon has ended");
          // It was not what ended the daemon.
          files.write(run.entry.withAttempts(0));
        } else {
          QueueEntry end = run.entry.ended(reached, Instant.now());
          files.write(end);
          ended.add(end);
          while (ended.size() > MOST_ENDED) {
            files.remove(ended.removeFirst().id());
          }
        }
      } catch (IOException e) {
        notices.say("warning: cannot record how " + run.name() + " ended: " + e.getMessage());
      }
      open.remove(run.id());
    }
    notices.say(
        run.name()
            + ": "
            + ending.how().text()
            + (ending.text().isEmpty() ? "" : ", " + ending.text()));
    run.ended().complete(ending);
  }

  synchronized void begin(OpenRun run) {
    run.running = Optional.of(Instant.now());
    if (run.begun) {
      return;
    }
    run.begun = true;
    run.entry = run.entry.withAttempts(run.entry.attempts() + 1);
    try {
      files.write(run.entry);
    } catch (ClosedByInterruptException e) {
      // It ends before it has begun.
      return;
    } catch (IOException e) {
      notices.say("warning: cannot record that " + run.name() + " started: " + e.getMessage());
    }
  }

  synchronized void rest(OpenRun run) {
    run.running = Optional.empty();
  }
}
