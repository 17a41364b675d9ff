package dev.peer.run;

import dev.peer.core.flow.CacheUse;
import dev.peer.core.flow.ExecutionRequest;
import dev.peer.core.flow.InterruptedIo;
import dev.peer.core.flow.KeptPlan;
import dev.peer.core.flow.Lineage;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.record.DiskRoom;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.PreparedRuntime;
import dev.peer.core.record.StartedFrom;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.sign.VerifiedRuntime;
import dev.peer.network.RuntimeSource;
import dev.peer.network.RuntimeSource.Offer;
import dev.peer.report.Facts;
import dev.peer.vm.exec.RuntimeContent;
import dev.peer.vm.exec.VmExecutor;
import dev.peer.vm.snapshot.DiskHistory;
import dev.peer.vm.snapshot.DiskName;
import dev.peer.vm.snapshot.HeldRuntime;
import dev.peer.vm.snapshot.RepositoryDisks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes what another peer prepared of the trunk, so that a run which would start blank need not
 * prepare it. The clone here says which commits are the run's ancestors and the trunk's, never the
 * peer that offers.
 *
 * @param machines whose disks runs start from
 */
record RuntimeTaker(VmExecutor machines, RuntimeSource source, ExecutionListener listener) {

  /**
   * Takes, if the run would start blank, the runtime of the nearest of its ancestors on the trunk
   * that anybody offers. Whatever fails is said, and the run prepares.
   */
  void take(ExecutionRequest request) throws IOException, InterruptedException {
    DiskName name = machines.nameOf(request);
    RepositoryDisks disks = machines.disks(listener);
    if (request.caches() instanceof CacheUse.Kept(Lineage lineage)
        && !lineage.admitsAny()
        && lineage.plan(disks.made(name)).disk().isEmpty()) {
      List<Offer> left = new ArrayList<>(offers(name, disks));
      Optional<Offer> nearest = nearest(lineage, left);
      while (nearest.isPresent() && !take(nearest.get(), name, disks)) {
        left.remove(nearest.get());
        nearest = nearest(lineage, left);
      }
    }
  }

  private List<Offer> offers(DiskName name, RepositoryDisks disks) throws InterruptedException {
    return source.offers(new PreparedRuntime.Disk(name.repo(), name.image(), name.bytes())).stream()
        .filter(
            offer -> {
              PreparedRuntime runtime = offer.verified().runtime();
              return disks.runtimes().admits(history(runtime), runtime.content().size());
            })
        .toList();
  }

  private static Optional<Offer> nearest(Lineage lineage, List<Offer> offers) {
    List<StartedFrom> made =
        offers.stream().map(offer -> offer.verified().runtime().made()).toList();
    KeptPlan plan = lineage.plan(made);
    return plan.disk()
        .filter(_ -> plan.startedFrom().origin() == KeptOrigin.TRUNK)
        .map(disk -> offers.get(made.indexOf(disk)));
  }

  private static DiskHistory history(PreparedRuntime runtime) {
    return new DiskHistory(runtime.made(), runtime.begun(), Optional.of(runtime.preparation()));
  }

  /** Returns whether there is a disk now. */
  private boolean take(Offer offer, DiskName name, RepositoryDisks disks)
      throws InterruptedException {
    VerifiedRuntime verified = offer.verified();
    PreparedRuntime runtime = verified.runtime();
    long begun = System.nanoTime();
    try (ScratchDirectory scratch = disks.runtimes().scratch()) {
      Path content = scratch.path().resolve("content");
      Path disk = scratch.path().resolve("disk");
      DiskRoom.require(scratch.path(), runtime.content().size());
      listener.note(
          "getting the runtime that "
              + verified.maker().id()
              + " prepared at "
              + runtime.made().commits().getLast()
              + " ("
              + Facts.mebibytes(runtime.content().size())
              + ")");
      if (!source.fetch(offer, content)) {
        return false;
      }
      RuntimeContent.read(content, disk, name);
      disks.keep(
          name,
          disk,
          history(runtime),
          new HeldRuntime(content, runtime.content().digest(), verified.attestation()));
      listener.note(
          "the runtime is here after "
              + Duration.ofNanos(System.nanoTime() - begun).toSeconds()
              + " s, every byte checked; preparing it took "
              + runtime.preparation().took().toSeconds()
              + " s");
      return true;
    } catch (IOException e) {
      InterruptedIo.rethrow(e);
      listener.note(
          "the runtime of " + verified.maker().id() + " cannot be used: " + e.getMessage());
      return false;
    }
  }
}
