package dev.peer.run;

import dev.peer.config.CacheSettings;
import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.core.flow.KeptPlan;
import dev.peer.core.flow.Lineage;
import dev.peer.core.progress.Notices;
import dev.peer.network.RuntimeSource;
import dev.peer.vm.snapshot.DiskName;
import dev.peer.vm.snapshot.DiskSummary;
import dev.peer.vm.snapshot.RepositoryDisks;
import java.io.IOException;
import java.nio.file.Path;
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
    RepositoryDisks disks = VmExecutors.disks(home, caches, notices, Optional.empty());
    Lineage lineage = VmExecutors.lineage(subject);
    DiskName name = VmExecutors.diskName(subject);
    KeptStart start =
        KeptStart.of(
            lineage,
            name,
            disks.list().stream()
                .filter(disk -> disk.name().equals(name))
                .map(DiskSummary::history)
                .toList());
    KeptPlan plan = start.plan();
    if (!plan.unknown().isEmpty()) {
      return BLANK + ": " + plan.unknown();
    }
    List<RuntimeChoices.Choice> choices =
        start.mayTake() ? RuntimeChoices.of(disks, home).ask(runtimes, start) : List.of();
    Optional<RuntimeChoices.Choice> taken =
        choices.stream().filter(choice -> choice.cost().isWorthMoving()).findFirst();
    if (taken.isPresent()) {
      return taken.get().toString();
    }
    if (plan.disk().isPresent()) {
      return "a kept disk, "
          + plan.startedFrom()
          + (start.losesCaches() ? ", whose caches do not travel" : "")
          + rather(choices);
    }
    return plan.base().map(base -> "what is prepared at " + base + " first").orElse(BLANK)
        + (start.mayTake() && choices.isEmpty() ? ": no peer offers a runtime" : rather(choices));
  }

  private static String rather(List<RuntimeChoices.Choice> choices) {
    return choices.isEmpty() ? "" : ", rather than from " + choices.getFirst();
  }
}
