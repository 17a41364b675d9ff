package dev.peer.vm.exec;

import dev.peer.core.flow.InterruptedIo;
import dev.peer.core.id.Digest;
import dev.peer.core.progress.Notices;
import dev.peer.vm.qemu.QemuException;
import dev.peer.vm.snapshot.KeptDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * The machine that waits for the next run while nobody needs one: a clone like that of the last
 * run, which is resumed already, above the disk that the next run probably starts from.
 *
 * <p>A run takes it if it needs just such a machine with just that disk; it is never another run's
 * then. A run that needs anything else ends it before it starts its own, so that no more machines
 * than runs take this host's memory. For several threads at once.
 */
public final class ReadyMachine implements AutoCloseable {

  private final Notices notices;
  private Optional<Order> order = Optional.empty();
  private Optional<Candidate> candidate = Optional.empty();
  private long taken;
  private boolean closed;

  /**
   * Holds none until there was a run.
   *
   * @param notices told if one cannot be started
   */
  public ReadyMachine(Notices notices) {
    this.notices = notices;
  }

  /**
   * What there is now.
   *
   * @param taken how many runs have taken one
   * @param waiting the one that waits
   */
  public record Status(long taken, Optional<Details> waiting) {}

  /**
   * A machine that waits.
   *
   * @param pid its process
   * @param guestBytes the guest's memory
   * @param usedBytes the memory that it takes of this host now, besides files that others use too
   */
  public record Details(
      long pid, Instant since, Digest image, int cpus, long guestBytes, long usedBytes) {}

  /** How to start one like the last run's. */
  private record Order(MachineStarter starter, RunCache last, Path runs, Path sockets) {

    WaitingClone start(MachineDirectories directories, Consumer<String> refused)
        throws QemuException, IOException, InterruptedException {
      // QEMU has it open when the hold ends: a disk that is dropped then goes with the machine.
      try (KeptDisk kept = last.following().orElse(null)) {
        return starter.startWaiting(
            directories, Optional.ofNullable(kept).map(KeptDisk::file), refused);
      }
    }
  }

  /** One that is being started, or waits. */
  private static final class Candidate {

    final CompletableFuture<Optional<WaitingClone>> made = new CompletableFuture<>();
    final RefusedNames refused = new RefusedNames();
    final MachineStarter starter;
    final Thread thread;

    Candidate(Order order, Notices notices) {
      starter = order.starter();
      thread =
          Thread.ofPlatform().daemon().name("ready machine").unstarted(() -> make(order, notices));
    }

    private void make(Order order, Notices notices) {
      try {
        made.complete(start(order, notices));
      } finally {
        made.complete(Optional.empty());
      }
    }

    private Optional<WaitingClone> start(Order order, Notices notices) {
      try {
        MachineDirectories directories = MachineDirectories.in(order.runs(), order.sockets());
        try {
          return Optional.of(order.start(directories, refused));
        } catch (QemuException | IOException | InterruptedException | RuntimeException e) {
          directories.close();
          throw e;
        }
      } catch (InterruptedException e) {
        return Optional.empty();
      } catch (QemuException | IOException | RuntimeException e) {
        if (!InterruptedIo.isInterruption(e)) {
          notices.say("warning: no machine is ready for the next run: " + e.getMessage());
        }
        return Optional.empty();
      }
    }

    /** Whether one that is started now could fit; none does if its files are gone. */
    boolean mayFit(WaitingClone.Fit wanted) {
      try {
        return starter.fit(wanted.kept()).equals(wanted);
      } catch (IOException e) {
        return false;
      }
    }

    /** Waits until it has started; empty if it could not. */
    Optional<WaitingClone> await() throws InterruptedException {
      try {
        return made.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException("its start never fails", e);
      }
    }

    /** Ends it, and waits for its end. */
    void end(Notices notices) {
      thread.interrupt();
      Optional<WaitingClone> clone = made.join();
      try {
        if (clone.isPresent()) {
          clone.get().close();
        }
      } catch (IOException e) {
        notices.say("warning: a machine that was ready left files: " + e.getMessage());
      }
    }
  }

  /** Where a clone says which names its guest is refused: there is somebody once it is taken. */
  private static final class RefusedNames implements Consumer<String> {

    private volatile Consumer<String> to = _ -> {};

    @Override
    public void accept(String name) {
      to.accept(name);
    }
  }

  /**
   * Has the next one be like this run's.
   *
   * @param cache what the run starts from, and leaves
   */
  synchronized void follow(MachineStarter starter, RunCache cache, Path runs, Path sockets) {
    // A proxy is this run's own, and ends with it.
    order =
        starter.network().wayOut().proxy().isPresent()
            ? Optional.empty()
            : Optional.of(new Order(starter.silent(), cache, runs, sockets));
  }

  /** Starts one, unless there is one or nobody knows which. Returns at once. */
  public synchronized void prepare() {
    if (!closed && candidate.isEmpty() && order.isPresent()) {
      Candidate next = new Candidate(order.get(), notices);
      try {
        next.thread.start();
      } catch (OutOfMemoryError e) {
        notices.say("warning: no machine is ready for the next run: " + e.getMessage());
        return;
      }
      candidate = Optional.of(next);
    }
  }

  /**
   * The machine for a run, which is to close it; the run starts its own if there is none. One that
   * does not fit is ended.
   *
   * @param starter starts the run's machine otherwise
   * @param kept the kept disk that the run starts from
   */
  Optional<WaitingClone> take(MachineStarter starter, Optional<Path> kept)
      throws IOException, InterruptedException {
    Optional<Candidate> found = remove();
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Candidate one = found.get();
    try {
      WaitingClone.Fit wanted = starter.fit(kept);
      // One for other runs is not waited for while it starts.
      Optional<WaitingClone> clone = one.mayFit(wanted) ? one.await() : Optional.empty();
      if (clone.isEmpty() || !clone.get().fit().equals(wanted)) {
        one.end(notices);
        return Optional.empty();
      }
      starter.sayTaking();
      one.refused.to = starter::sayRefused;
      return clone;
    } catch (IOException | InterruptedException | RuntimeException e) {
      one.end(notices);
      throw e;
    }
  }

  /** A run has taken one, and it has answered. */
  synchronized void count() {
    taken++;
  }

  /** Ends the one that waits, if there is one, and starts none until another run asks for one. */
  public void drop() {
    synchronized (this) {
      order = Optional.empty();
    }
    makeRoom();
  }

  /** Ends the one that waits, if there is one; the next is as it would have been. */
  void makeRoom() {
    remove().ifPresent(one -> one.end(notices));
  }

  private synchronized Optional<Candidate> remove() {
    Optional<Candidate> found = candidate;
    candidate = Optional.empty();
    return found;
  }

  /** What there is now. */
  public synchronized Status status() {
    return new Status(
        taken,
        candidate
            .flatMap(one -> one.made.getNow(Optional.empty()))
            .flatMap(ReadyMachine::describe));
  }

  /** Nothing of one that has ended by itself: the run that would take it says so. */
  private static Optional<Details> describe(WaitingClone clone) {
    try {
      return Optional.of(
          new Details(
              clone.machine().pid(),
              clone.since(),
              clone.model().image().digest(),
              clone.model().limits().cpus(),
              clone.model().limits().memoryBytes(),
              clone.machine().memoryBytes()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Ends the one that waits, and starts no more. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    drop();
  }
}
