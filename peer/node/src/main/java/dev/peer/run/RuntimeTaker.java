package dev.peer.run;

import dev.peer.core.flow.CacheUse;
import dev.peer.core.flow.ExecutionRequest;
import dev.peer.core.flow.Lineage;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.network.RuntimeSource;
import dev.peer.run.RuntimeChoices.Choice;
import dev.peer.vm.exec.VmExecutor;
import dev.peer.vm.snapshot.DiskName;
import dev.peer.vm.snapshot.RepositoryDisks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Takes what another peer prepared of the trunk, so that a run which would start blank need not
 * prepare it, if moving it is cheaper.
 *
 * @param machines whose disks runs start from
 */
record RuntimeTaker(VmExecutor machines, RuntimeSource source, ExecutionListener listener) {

  /**
   * Takes, if the run would start blank, the runtime of the nearest of its ancestors on the trunk
   * that anybody offers. Whatever fails is said, and the run prepares.
   *
   * @param home says how fast runtimes come here
   */
  void take(ExecutionRequest request, Path home) throws IOException, InterruptedException {
    DiskName name = machines.nameOf(request);
    RepositoryDisks disks = machines.disks(listener);
    if (request.caches() instanceof CacheUse.Kept(Lineage lineage)
        && !lineage.admitsAny()
        && lineage.plan(disks.made(name)).disk().isEmpty()) {
      RuntimeChoices choices = RuntimeChoices.of(disks, home);
      for (Choice choice : choices.ask(source, lineage, name)) {
        if (!choice.cost().isWorthMoving()) {
          listener.note("preparing, rather than getting " + choice);
        } else if (take(choice, choices)) {
          return;
        }
      }
    }
  }

  /** Returns whether there is a disk now. */
  private boolean take(Choice choice, RuntimeChoices choices) throws InterruptedException {
    listener.note("getting " + choice);
    Optional<Duration> took =
        new TakenRuntimes(source, choices.disks(), listener::note).take(choice.offer());
    took.ifPresent(
        time -> choices.rate().note(choice.offer().verified().runtime().content().size(), time));
    return took.isPresent();
  }
}
