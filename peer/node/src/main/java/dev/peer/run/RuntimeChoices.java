package dev.peer.run;

import dev.peer.core.flow.KeptPlan;
import dev.peer.core.flow.Lineage;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.Preparation;
import dev.peer.core.record.PreparedRuntime;
import dev.peer.core.record.StartedFrom;
import dev.peer.home.HomeLayout;
import dev.peer.network.RuntimeSource;
import dev.peer.network.RuntimeSource.Offer;
import dev.peer.report.Facts;
import dev.peer.vm.snapshot.DiskHistory;
import dev.peer.vm.snapshot.DiskName;
import dev.peer.vm.snapshot.RepositoryDisks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The prepared runtimes that a run may take. The clone here says which commits are the run's
 * ancestors and the trunk's, never the peer that offers.
 *
 * @param disks those that are here, which say how long preparing took
 */
record RuntimeChoices(TransferRate rate, RepositoryDisks disks) {

  static RuntimeChoices of(RepositoryDisks disks, Path home) {
    return new RuntimeChoices(
        new TransferRate(new HomeLayout(home).runtimeSpeed(), InstantSource.system()), disks);
  }

  /** A runtime that a peer offers, and what it costs. */
  record Choice(Offer offer, RuntimeCost cost) {

    @Override
    public String toString() {
      PreparedRuntime runtime = offer.verified().runtime();
      return "the runtime that "
          + offer.verified().maker().id()
          + " prepared at "
          + runtime.made().commits().getLast()
          + " ("
          + Facts.mebibytes(runtime.content().size())
          + "): "
          + cost;
    }
  }

  /** Asks peers for those from which a run may start; that of the nearest ancestor is the first. */
  List<Choice> ask(RuntimeSource source, Lineage lineage, DiskName name)
      throws IOException, InterruptedException {
    return among(
        source.offers(new PreparedRuntime.Disk(name.repo(), name.image(), name.bytes())),
        lineage,
        name);
  }

  /** As {@link #ask}, among these. */
  List<Choice> among(List<Offer> offers, Lineage lineage, DiskName name) throws IOException {
    List<Offer> left = new ArrayList<>(offers.stream().filter(this::isAdmitted).toList());
    List<Choice> choices = new ArrayList<>();
    Optional<Duration> longest = left.isEmpty() ? Optional.empty() : longestMaking(name);
    Optional<Offer> nearest = nearest(lineage, left);
    while (nearest.isPresent()) {
      choices.add(new Choice(nearest.get(), cost(nearest.get(), longest)));
      left.remove(nearest.get());
      nearest = nearest(lineage, left);
    }
    return choices;
  }

  private boolean isAdmitted(Offer offer) {
    PreparedRuntime runtime = offer.verified().runtime();
    return disks.runtimes().admits(DiskHistory.of(runtime), runtime.content().size());
  }

  private static Optional<Offer> nearest(Lineage lineage, List<Offer> offers) {
    List<StartedFrom> made =
        offers.stream().map(offer -> offer.verified().runtime().made()).toList();
    KeptPlan plan = lineage.plan(made);
    return plan.disk()
        .filter(_ -> plan.startedFrom().origin() == KeptOrigin.TRUNK)
        .map(disk -> offers.get(made.indexOf(disk)));
  }

  /** How long the repository's disks took that are here: this machine may be slower. */
  private Optional<Duration> longestMaking(DiskName name) throws IOException {
    return disks.list().stream()
        .filter(disk -> disk.name().repo().equals(name.repo()))
        .flatMap(disk -> disk.history().preparation().stream())
        .map(Preparation::took)
        .max(Comparator.naturalOrder());
  }

  private RuntimeCost cost(Offer offer, Optional<Duration> longest) {
    PreparedRuntime runtime = offer.verified().runtime();
    Duration stated = runtime.preparation().took();
    return new RuntimeCost(
        longest.filter(here -> here.compareTo(stated) > 0).orElse(stated),
        rate.time(runtime.content().size()));
  }
}
