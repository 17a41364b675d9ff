package dev.peer.run;

import dev.peer.core.flow.InterruptedIo;
import dev.peer.core.progress.Notices;
import dev.peer.core.record.DiskRoom;
import dev.peer.core.record.PreparedRuntime;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.sign.VerifiedRuntime;
import dev.peer.network.RuntimeSource;
import dev.peer.network.RuntimeSource.Offer;
import dev.peer.vm.exec.RuntimeContent;
import dev.peer.vm.snapshot.DiskHistory;
import dev.peer.vm.snapshot.DiskName;
import dev.peer.vm.snapshot.HeldRuntime;
import dev.peer.vm.snapshot.KeptDisk;
import dev.peer.vm.snapshot.RepositoryDisks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Gets runtimes of other peers, and keeps the disks that they make. */
record TakenRuntimes(RuntimeSource source, RepositoryDisks disks, Notices notices) {

  /** The runs that may begin with the disk that a runtime makes. */
  static DiskName name(PreparedRuntime runtime) {
    return new DiskName(runtime.disk().repo(), runtime.disk().image(), runtime.disk().bytes());
  }

  /**
   * Gets one, and keeps its disk if every byte is as its maker signed it. Whatever fails is said.
   *
   * @param instead the disk whose place it takes
   * @return how long it took; empty if there is no disk now
   */
  Optional<Duration> take(Offer offer, Optional<KeptDisk> instead) throws InterruptedException {
    return take(
        offer, (name, disk, history, runtime) -> disks.keep(name, disk, history, runtime, instead));
  }

  /** Gets one as {@link #take} does, and keeps its disk for other peers alone. */
  Optional<Duration> copy(Offer offer) throws InterruptedException {
    return take(
        offer,
        (name, disk, history, runtime) ->
            disks.copy(name, disk, history, runtime, offer.verified().maker().id()));
  }

  /** Keeps the disk that a runtime makes. */
  @FunctionalInterface
  private interface Keeper {

    void keep(DiskName name, Path disk, DiskHistory history, HeldRuntime runtime)
        throws IOException;
  }

  private Optional<Duration> take(Offer offer, Keeper keeper) throws InterruptedException {
    VerifiedRuntime verified = offer.verified();
    PreparedRuntime runtime = verified.runtime();
    long begun = System.nanoTime();
    try (ScratchDirectory scratch = disks.runtimes().scratch()) {
      Path content = scratch.path().resolve("content");
      Path disk = scratch.path().resolve("disk");
      DiskRoom.require(scratch.path(), runtime.content().size());
      if (!source.fetch(offer, content)) {
        return Optional.empty();
      }
      RuntimeContent.read(content, disk, name(runtime));
      keeper.keep(
          name(runtime),
          disk,
          DiskHistory.of(runtime),
          new HeldRuntime(content, runtime.content().digest(), verified.attestation()));
      Duration took = Duration.ofNanos(System.nanoTime() - begun);
      notices.say("the runtime is here after " + took.toSeconds() + " s, every byte checked");
      return Optional.of(took);
    } catch (IOException e) {
      InterruptedIo.rethrow(e);
      notices.say("the runtime of " + verified.maker().id() + " cannot be used: " + e.getMessage());
      return Optional.empty();
    }
  }
}
