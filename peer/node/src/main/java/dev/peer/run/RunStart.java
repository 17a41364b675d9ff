package dev.peer.run;

import dev.peer.config.CacheSettings;
import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.core.flow.KeptPlan;
import dev.peer.core.flow.Lineage;
import dev.peer.core.progress.Notices;
import dev.peer.home.HomeLayout;
import dev.peer.network.RuntimeSource;
import dev.peer.source.SourceException;
import dev.peer.vm.layers.BaseLayers;
import dev.peer.vm.snapshot.DiskName;
import dev.peer.vm.snapshot.RepositoryDisks;
import dev.peer.vm.snapshot.UnpreparedCommits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Foretells what a run here would start from. */
public final class RunStart {

  private static final String BLANK = "a blank disk";

  private RunStart() {}

  /** Asks other peers for runtimes if the run may start from one, and gets and drops nothing. */
  public static String of(RunTarget subject, RuntimeSource runtimes, Notices notices)
      throws ConfigException, IOException, InterruptedException {
    Path home = subject.peer().home();
    CacheSettings caches = CacheSettings.of(CallContext.ofProcess().settings());
    RepositoryDisks disks = VmExecutors.disks(home, caches, notices, Optional.of(runtimes));
    Lineage lineage = VmExecutors.lineage(subject);
    DiskName name = VmExecutors.diskName(subject);
    KeptStart start = KeptStart.of(lineage, name, disks.foreseen(name));
    KeptPlan plan = start.plan();
    if (!plan.unknown().isEmpty()) {
      return BLANK + ": " + plan.unknown();
    }
    RuntimeChoices choices = RuntimeChoices.of(disks, home);
    RuntimeSource.Supply supply =
        start.mayTake()
            ? runtimes.supply(RuntimeChoices.diskOf(name))
            : RuntimeSource.Supply.NOTHING;
    List<RuntimeChoices.Choice> offered = choices.among(supply.offers(), start, runtimes::toMove);
    Optional<RuntimeChoices.Choice> taken =
        offered.stream().filter(choice -> choice.cost().isWorthMoving()).findFirst();
    if (taken.isPresent()) {
      return taken.get().toString();
    }
    if (plan.disk().isPresent()) {
      return "a kept disk, "
          + plan.startedFrom()
          + (start.losesCaches() ? ", whose caches do not travel" : "")
          + rather(offered);
    }
    String here =
        plan.base().isPresent()
            ? "what is prepared at " + plan.base().get() + " first"
            : withoutKept(subject, name, disks);
    if (!offered.isEmpty() || !start.mayTake()) {
      return here + rather(offered);
    }
    if (supply.makers().isEmpty()) {
      return here + ": no peer offers a runtime";
    }
    Duration wait =
        choices.longestWait(subject.run().machine().timeout().run(), supply.offers(), name);
    return "the runtime that "
        + supply.makers().getFirst().id()
        + " says it is preparing, if it is there within "
        + wait.toSeconds()
        + " s; else "
        + here;
  }

  private static String withoutKept(RunTarget subject, DiskName name, RepositoryDisks disks)
      throws IOException {
    Optional<BaseLayers> layers;
    try {
      layers = CommonLayers.of(subject.git(), subject.revision(), subject.run());
    } catch (SourceException e) {
      return BLANK + ": " + e.getMessage();
    }
    if (layers.isEmpty()) {
      return BLANK;
    }
    DiskName common = name.ofLayers(layers.get().digest());
    String what = "layers " + layers.get().digest();
    if (!disks.foreseen(common).isEmpty()) {
      return what + ", which are here";
    }
    UnpreparedCommits unprepared =
        new UnpreparedCommits(
            new HomeLayout(subject.peer().home()).unprepared(), InstantSource.system());
    return unprepared.contains(common, layers.get().commit())
        ? what + ", if a peer offers them; else " + BLANK + ": building them failed within an hour"
        : what + ", which are built first if no peer offers them";
  }

  private static String rather(List<RuntimeChoices.Choice> choices) {
    return choices.isEmpty() ? "" : ", rather than from " + choices.getFirst();
  }
}
