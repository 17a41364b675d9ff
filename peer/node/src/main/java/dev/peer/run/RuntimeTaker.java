package dev.peer.run;

import dev.peer.core.flow.CacheUse;
import dev.peer.core.flow.ExecutionRequest;
import dev.peer.core.flow.Lineage;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.network.RuntimeSource;
import dev.peer.run.RuntimeChoices.Choice;
import dev.peer.vm.exec.VmExecutor;
import dev.peer.vm.snapshot.DiskName;
import dev.peer.vm.snapshot.KeptDisk;
import dev.peer.vm.snapshot.RepositoryDisks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Takes what another peer prepared of the trunk, so that a run which would start from a blank disk,
 * or from an earlier commit's, need not prepare it, if moving it is cheaper.
 *
 * @param machines whose disks runs start from
 */
record RuntimeTaker(VmExecutor machines, RuntimeSource source, ExecutionListener listener) {

  /**
   * Takes the runtime of the nearest of the run's ancestors on the trunk that anybody offers, if
   * the run may start from one. Whatever fails is said, and the run prepares.
   *
   * @param home says how fast runtimes come here
   */
  void take(ExecutionRequest request, Path home) throws IOException, InterruptedException {
    DiskName name = machines.nameOf(request);
    RepositoryDisks disks = machines.disks(listener);
    if (request.caches() instanceof CacheUse.Kept(Lineage lineage)) {
      KeptStart start = KeptStart.of(lineage, name, disks.histories(name));
      RuntimeChoices choices = RuntimeChoices.of(disks, home);
      for (Choice choice : start.mayTake() ? choices.ask(source, start) : List.<Choice>of()) {
        if (!choice.cost().isWorthMoving()) {
          listener.note("preparing, rather than getting " + choice);
        } else if (take(choice, start, choices)) {
          return;
        }
      }
    }
  }

  /** Returns whether its disk is here now. */
  private boolean take(Choice choice, KeptStart start, RuntimeChoices choices)
      throws IOException, InterruptedException {
    listener.note("getting " + choice);
    Optional<Duration> took =
        new TakenRuntimes(source, choices.disks(), listener::note)
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
}
