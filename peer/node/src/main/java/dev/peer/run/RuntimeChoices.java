package dev.peer.run;

import dev.peer.core.flow.KeptPlan;
import dev.peer.core.id.CommitId;
import dev.peer.core.id.PeerId;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.Preparation;
import dev.peer.core.record.PreparedRuntime;
import dev.peer.core.record.StartedFrom;
import dev.peer.home.HomeLayout;
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
import java.util.stream.Stream;

/**
 * The prepared runtimes that a run may take. The clone here says which commits are the run's
 * ancestors and the trunk's, never the peer that offers.
 *
 * @param disks those that are here, which say how long preparing took
 */
record RuntimeChoices(TransferRate rate, RepositoryDisks disks) {

  /** As long as nobody knows how long preparing takes: most take less. */
  private static final Duration UNKNOWN_MAKING = Duration.ofMinutes(10);

  static RuntimeChoices of(RepositoryDisks disks, Path home) {
    return new RuntimeChoices(
        new TransferRate(new HomeLayout(home).runtimeSpeed(), InstantSource.system()), disks);
  }

  /**
   * A runtime that a peer offers, and what it costs.
   *
   * @param moved how many of its bytes are not here
   */
  record Choice(Offer offer, long moved, RuntimeCost cost) {

    boolean isMovedWhole() {
      return moved == offer.verified().runtime().content().size();
    }

    @Override
    public String toString() {
      PreparedRuntime runtime = offer.verified().runtime();
      PeerId maker = offer.verified().maker().id();
      String what =
          runtime.disk().repo().isOfLayers()
              ? "the layers that " + maker + " built"
              : "the runtime that " + maker + " prepared at " + runtime.made().commits().getLast();
      return what
          + " ("
          + Facts.mebibytes(runtime.content().size())
          + (isMovedWhole() ? "" : ", of which " + Facts.size(moved) + " are not here")
          + (runtime.caches().names().isEmpty() ? "" : "; with the caches " + runtime.caches())
          + "): "
          + cost;
    }
  }

  /** Says how many bytes of a runtime are not here. */
  @FunctionalInterface
  interface BytesToMove {

    long of(Offer offer) throws IOException, InterruptedException;
  }

  /** What a runtime must be of, so that runs start from it. */
  static PreparedRuntime.Disk diskOf(DiskName name) {
    return new PreparedRuntime.Disk(name.repo(), name.image(), name.bytes());
  }

  /** Those of them from which a run may start; that of the nearest ancestor is the first. */
  List<Choice> among(List<Offer> offers, KeptStart start, BytesToMove toMove)
      throws IOException, InterruptedException {
    List<Offer> left =
        new ArrayList<>(
            offers.stream()
                .filter(offer -> isAdmitted(offer) && extendsHere(offer, start))
                .toList());
    List<Choice> choices = new ArrayList<>();
    Optional<Duration> longest = left.isEmpty() ? Optional.empty() : longestMaking(start.name());
    Optional<Offer> nearest = nearest(start, left);
    while (nearest.isPresent()) {
      long moved = toMove.of(nearest.get());
      choices.add(
          new Choice(
              nearest.get(),
              moved,
              new RuntimeCost(making(nearest.get(), start, longest), rate.time(moved))));
      left.remove(nearest.get());
      nearest = nearest(start, left);
    }
    return choices;
  }

  /**
   * Whether it has all that the disk here has, and more. How long it would take here to prepare a
   * runtime of other preparations is unknown: perhaps nothing is left to do.
   */
  private static boolean extendsHere(Offer offer, KeptStart start) {
    if (start.here().isEmpty()) {
      return true;
    }
    List<CommitId> here = start.here().get().made().commits();
    List<CommitId> there = offer.verified().runtime().made().commits();
    return there.size() > here.size()
        && there.subList(0, here.size()).equals(here)
        && took(offer).compareTo(took(start.here().get())) > 0;
  }

  /**
   * How long a run waits for a runtime in the making: no longer than preparing takes, as far as
   * that is known.
   *
   * @param most what the caller waits at most
   * @param offers those that there are, from which the run cannot start
   */
  Duration longestWait(Duration most, List<Offer> offers, DiskName name) throws IOException {
    Duration making =
        Stream.concat(
                longestMaking(name).stream(),
                offers.stream().map(offer -> offer.verified().runtime().preparation().took()))
            .max(Comparator.naturalOrder())
            .orElse(UNKNOWN_MAKING);
    return making.compareTo(most) < 0 ? making : most;
  }

  private boolean isAdmitted(Offer offer) {
    PreparedRuntime runtime = offer.verified().runtime();
    return disks.runtimes().admits(DiskHistory.of(runtime), runtime.content().size());
  }

  /** Empty where none is nearer than the disk here. */
  private static Optional<Offer> nearest(KeptStart start, List<Offer> offers) {
    List<StartedFrom> made = new ArrayList<>();
    start.here().map(DiskHistory::made).ifPresent(made::add);
    int here = made.size();
    offers.forEach(offer -> made.add(offer.verified().runtime().made()));
    KeptPlan plan = start.lineage().plan(made);
    return plan.disk()
        .filter(_ -> plan.startedFrom().origin() == KeptOrigin.TRUNK)
        .map(made::indexOf)
        .filter(index -> index >= here)
        .map(index -> offers.get(index - here));
  }

  /** How long the repository's disks took that are here: this machine may be slower. */
  private Optional<Duration> longestMaking(DiskName name) throws IOException {
    return disks.list().stream()
        .filter(disk -> disk.name().repo().equals(name.repo()))
        .flatMap(disk -> disk.history().preparation().stream())
        .map(Preparation::took)
        .max(Comparator.naturalOrder());
  }

  /** How long it takes to prepare here what is in the runtime, and not on the disk here. */
  private static Duration making(Offer offer, KeptStart start, Optional<Duration> longest) {
    Duration stated = took(offer);
    return start.here().isPresent()
        ? stated.minus(took(start.here().get()))
        : longest.filter(ever -> ever.compareTo(stated) > 0).orElse(stated);
  }

  private static Duration took(Offer offer) {
    return offer.verified().runtime().preparation().took();
  }

  private static Duration took(DiskHistory disk) {
    return disk.preparation().orElseThrow().took();
  }
}
