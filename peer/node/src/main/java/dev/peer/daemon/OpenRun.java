package dev.peer.daemon;

import dev.peer.core.flow.MachineSlots;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;

/** A run of the queue that has not ended, on a thread of its own. */
final class OpenRun implements RunQueue.Ticket, RunQueue.Machine {

  private static final QueuedRunEnd BROKEN_OFF =
      new QueuedRunEnd(QueuedRunEnd.How.CANCELLED, 130, "");

  private final RunQueue queue;
  private final Machines machines;
  private final RunQueue.Runner runner;
  private final Thread thread;
  private final CompletableFuture<QueuedRunEnd> ended = new CompletableFuture<>();
  private volatile boolean cancelled;
  private volatile Optional<ResultName> name = Optional.empty();
  private boolean over;

  /** As it is on the disk. The queue's lock guards this and the two below. */
  QueueEntry entry;

  /** When it got the machine that it has. */
  Optional<Instant> running = Optional.empty();

  /** Whether it has had one in this process. */
  boolean begun;

  OpenRun(RunQueue queue, Machines machines, QueueEntry entry, RunQueue.Runner runner) {
    this.queue = queue;
    this.machines = machines;
    this.entry = entry;
    this.runner = runner;
    // QEMU ends with the thread that started it: one that is not its own might end before.
    this.thread = Thread.ofPlatform().name("run " + entry.id()).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  boolean isAlive() {
    return thread.isAlive();
  }

  void join() throws InterruptedException {
    thread.join();
  }

  private void run() {
    QueuedRunEnd ending;
    try {
      ending = runner.run(entry.request(), this);
    } catch (InterruptedException e) {
      ending = BROKEN_OFF;
    } catch (RuntimeException | Error e) {
      ending =
          new QueuedRunEnd(QueuedRunEnd.How.FAILED, RunQueue.INFRASTRUCTURE, "unexpected: " + e);
    }
    boolean interrupted = stopInterrupts();
    queue.end(this, interrupted && ending.how() != QueuedRunEnd.How.PASSED ? BROKEN_OFF : ending);
  }

  synchronized void interrupt() {
    if (!over) {
      thread.interrupt();
    }
  }

  /** Later writes are whole. */
  private synchronized boolean stopInterrupts() {
    over = true;
    return Thread.interrupted();
  }

  @Override
  public RunQueue.Turns slots(IntConsumer places) {
    return new RunQueue.Turns() {
      @Override
      public void isOf(ResultName found) {
        name = Optional.of(found);
      }

      @Override
      public Turn take() throws InterruptedException {
        return turn(places);
      }
    };
  }

  private MachineSlots.Turn turn(IntConsumer places) throws InterruptedException {
    boolean waited = machines.take(id(), places);
    queue.begin(this);
    return new MachineSlots.Turn() {
      @Override
      public boolean waited() {
        return waited;
      }

      @Override
      public void close() {
        queue.rest(OpenRun.this);
        machines.giveBack();
      }
    };
  }

  @Override
  public long id() {
    return entry.id();
  }

  String name() {
    return entry.name();
  }

  @Override
  public CompletableFuture<QueuedRunEnd> ended() {
    return ended;
  }

  @Override
  public void cancel() {
    cancelled = true;
    interrupt();
  }

  boolean isCancelled() {
    return cancelled;
  }

  QueuedRun now() {
    int place = machines.place(id());
    QueuedRun.State state =
        place > 0
            ? QueuedRun.State.WAITING
            : running.isPresent() ? QueuedRun.State.RUNNING : QueuedRun.State.SEARCHING;
    return QueuedRun.of(entry, new QueuedRun.Position(state, place, running, name));
  }
}
