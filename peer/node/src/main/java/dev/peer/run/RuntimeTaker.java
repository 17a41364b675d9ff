package dev.peer.run;

import dev.peer.core.flow.CacheUse;
import dev.peer.core.flow.ExecutionRequest;
import dev.peer.core.flow.InterruptedIo;
import dev.peer.core.flow.Lineage;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.record.DiskRoom;
import dev.peer.core.record.PreparedRuntime;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.sign.VerifiedRuntime;
import dev.peer.network.RuntimeSource;
import dev.peer.run.RuntimeChoices.Choice;
import dev.peer.vm.exec.RuntimeContent;
import dev.peer.vm.exec.VmExecutor;
import dev.peer.vm.snapshot.DiskHistory;
import dev.peer.vm.snapshot.DiskName;
import dev.peer.vm.snapshot.HeldRuntime;
import dev.peer.vm.snapshot.RepositoryDisks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

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
        } else if (take(choice, name, choices)) {
          return;
        }
      }
    }
  }

  /** Returns whether there is a disk now. */
  private boolean take(Choice choice, DiskName name, RuntimeChoices choices)
      throws InterruptedException {
    VerifiedRuntime verified = choice.offer().verified();
    PreparedRuntime runtime = verified.runtime();
    RepositoryDisks disks = choices.disks();
    long begun = System.nanoTime();
    try (ScratchDirectory scratch = disks.runtimes().scratch()) {
      Path content = scratch.path().resolve("content");
      Path disk = scratch.path().resolve("disk");
      DiskRoom.require(scratch.path(), runtime.content().size());
      listener.note("getting " + choice);
      if (!source.fetch(choice.offer(), content)) {
        return false;
      }
      RuntimeContent.read(content, disk, name);
      disks.keep(
          name,
          disk,
          DiskHistory.of(runtime),
          new HeldRuntime(content, runtime.content().digest(), verified.attestation()));
      Duration took = Duration.ofNanos(System.nanoTime() - begun);
      listener.note("the runtime is here after " + took.toSeconds() + " s, every byte checked");
      choices.rate().note(runtime.content().size(), took);
      return true;
    } catch (IOException e) {
      InterruptedIo.rethrow(e);
      listener.note(
          "the runtime of " + verified.maker().id() + " cannot be used: " + e.getMessage());
      return false;
    }
  }
}
