package dev.peer.run;

import dev.peer.core.find.FollowResult;
import dev.peer.core.find.Holder;
import dev.peer.core.flow.KeptPlan;
import dev.peer.core.flow.Lineage;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.PreparedRuntime;
import dev.peer.network.RuntimeSource.Offer;
import dev.peer.network.RuntimeSource.Supply;
import dev.peer.run.RuntimeChoices.Choice;
import dev.peer.vm.snapshot.DiskName;
import dev.peer.vm.snapshot.KeptDisk;
import dev.peer.vm.snapshot.RepositoryDisks;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Takes what another peer prepared of the trunk, so that a run which would start from a blank disk,
 * or from an earlier commit's, need not prepare it, if moving it is cheaper. A run that would start
 * blank waits for a peer that is preparing it now, as runs are joined: of several that start at
 * once, the first to announce that it prepares does.
 */
final class RuntimeTaker {

  /** A rendezvous that names more and more makers cannot delay a run for long. */
  private static final int MOST_AWAITED = 8;

  private final RuntimePeers peers;
  private final RuntimeChoices choices;
  private final ExecutionListener listener;
  private final Set<Holder> awaited = new HashSet<>();

  /** When the wait is over, as {@link System#nanoTime}. It begins with the first maker. */
  private Optional<Long> until = Optional.empty();

  RuntimeTaker(RuntimePeers peers, RuntimeChoices choices, ExecutionListener listener) {
    this.peers = peers;
    this.choices = choices;
    this.listener = listener;
  }

  /**
   * Takes the runtime of the nearest of the run's ancestors on the trunk that anybody offers, if
   * the run may start from one, or waits for one. Whatever fails is said, and the run prepares.
   */
  void take(Lineage lineage, DiskName name) throws IOException, InterruptedException {
    PreparedRuntime.Disk disk = RuntimeChoices.diskOf(name);
    KeptStart start = start(lineage, name);
    while (start.mayTake()) {
      Supply supply = peers.source().supply(disk);
      List<Choice> offered = among(supply.offers(), start);
      // With a disk of an earlier commit, little may be left to prepare: nobody is waited for.
      if (!offered.isEmpty() || start.here().isPresent()) {
        takeFirst(offered, start);
        return;
      }
      Optional<Holder> maker = firstMaker(start.plan(), supply, name);
      if (maker.isEmpty()) {
        return;
      }
      if (await(maker.get(), name)
          && takeFirst(among(peers.source().offers(maker.get(), disk), start), start)) {
        return;
      }
      // Another run on this machine may have taken or prepared it meanwhile.
      start = start(lineage, name);
    }
  }

  private KeptStart start(Lineage lineage, DiskName name) throws IOException {
    return KeptStart.of(lineage, name, choices.disks().histories(name));
  }

  private List<Choice> among(List<Offer> offers, KeptStart start)
      throws IOException, InterruptedException {
    return choices.among(offers, start, peers.source()::toMove);
  }

  /** Returns whether the disk of one of them is here now. */
  private boolean takeFirst(List<Choice> offered, KeptStart start)
      throws IOException, InterruptedException {
    for (Choice choice : offered) {
      if (!choice.cost().isWorthMoving()) {
        listener.note("preparing, rather than getting " + choice);
      } else if (take(choice, start)) {
        return true;
      }
    }
    return false;
  }

  private boolean take(Choice choice, KeptStart start) throws IOException, InterruptedException {
    listener.note("getting " + choice);
    Optional<Duration> took =
        new TakenRuntimes(peers.source(), choices.disks(), listener::note)
            .take(choice.offer(), replaced(start, choices.disks()));
    // What is put together of chunks that are here takes longer than its other bytes say.
    took.filter(_ -> choice.isMovedWhole())
        .ifPresent(time -> choices.rate().note(choice.moved(), time));
    return took.isPresent();
  }

  private static Optional<KeptDisk> replaced(KeptStart start, RepositoryDisks disks)
      throws IOException {
    Optional<KeptDisk> replaced =
        start.here().isPresent()
            ? disks.find(start.name(), start.here().get().made(), false)
            : Optional.empty();
    if (replaced.isPresent()) {
      // Held, it could not go.
      replaced.get().close();
    }
    return replaced;
  }

  /** The maker to wait for; empty: the run prepares, which is announced if others may wait. */
  private Optional<Holder> firstMaker(KeptPlan plan, Supply supply, DiskName name)
      throws IOException, InterruptedException {
    if (peers.waits().isEmpty() || peers.waits().get().makers().isMaking()) {
      // Those that wait for a run of this process must not be waited for.
      return Optional.empty();
    }
    RuntimePeers.Wait wait = peers.waits().get();
    Duration longest = choices.longestWait(wait.longest(), supply.offers(), name);
    Optional<Holder> elsewhere = toAwait(supply.makers(), longest);
    boolean leavesTheTrunks =
        plan.base().isPresent() || plan.left().equals(Optional.of(KeptOrigin.TRUNK));
    boolean isToBeAnnounced = wait.announced() && leavesTheTrunks && supply.answered();
    if (elsewhere.isPresent() || !isToBeAnnounced) {
      return elsewhere;
    }
    Optional<Holder> earlier = toAwait(wait.makers().begin(name.repo(), name.image()), longest);
    if (earlier.isPresent()) {
      wait.makers().end();
    }
    return earlier;
  }

  private Optional<Holder> toAwait(List<Holder> makers, Duration longest) {
    Optional<Holder> first =
        awaited.size() < MOST_AWAITED
            ? makers.stream().filter(maker -> !awaited.contains(maker.unnamed())).findFirst()
            : Optional.empty();
    if (first.isPresent() && until.isEmpty()) {
      until = Optional.of(System.nanoTime() + longest.toNanos());
    }
    return first.filter(_ -> left().isPositive());
  }

  private Duration left() {
    return Duration.ofNanos(Math.max(0, until.orElseThrow() - System.nanoTime()));
  }

  /** Returns whether the maker says that it has made one. */
  private boolean await(Holder maker, DiskName name) throws IOException, InterruptedException {
    awaited.add(maker.unnamed());
    Duration left = left();
    String runtime = "the runtime that " + maker.id() + " is preparing";
    long seconds = left.plusNanos(999_999_999).toSeconds();
    listener.note("waiting for " + runtime + ", for at most " + seconds + " s");
    listener.step("wait");
    listener.awaiting(runtime);
    return switch (peers
        .waits()
        .orElseThrow()
        .makers()
        .await(maker, name.repo(), name.image(), left)) {
      case FollowResult.Passed _ -> true;
      case FollowResult.Failed _ -> {
        listener.note(maker.id() + " could not prepare a runtime");
        yield false;
      }
      case FollowResult.Ended(String why) -> {
        listener.note(runtime + " is not waited for any more: " + why);
        yield false;
      }
      case FollowResult.TimeOver _ -> {
        listener.note(runtime + " is not there yet; the wait for it is over");
        yield false;
      }
    };
  }
}
