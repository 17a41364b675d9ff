package dev.peer.core.find;

import dev.peer.core.id.CommitId;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.Provenance;
import dev.peer.core.record.RunRecord;
import dev.peer.core.record.StartedFrom;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Decides which results count here, among those whose evidence holds. A result that does not count
 * is no fault of its holder or signer: it may count elsewhere.
 *
 * @param required the widest origin that the disk of a run may have ({@code PEER_REQUIRE_KEPT})
 * @param history where the signer's word for the origin is checked
 * @param mostTries the last try at which the tests may have passed ({@code PEER_REQUIRE_TRIES})
 */
public record Acceptance(KeptOrigin required, ClaimedHistory history, int mostTries) {

  /** Takes every result whose evidence holds. */
  public static final Acceptance EVERYTHING =
      new Acceptance(KeptOrigin.ANY, ClaimedHistory.UNKNOWN);

  /** Whatever the try at which the tests passed. */
  public Acceptance(KeptOrigin required, ClaimedHistory history) {
    this(required, history, Integer.MAX_VALUE);
  }

  /** As far as can be told without a clone. */
  public static Acceptance withoutClone(KeptOrigin required, int mostTries) {
    return new Acceptance(required, ClaimedHistory.UNKNOWN, mostTries);
  }

  /** Says why a result does not count here; empty if it does. */
  public Optional<String> refusal(RunRecord record) {
    KeptOrigin origin = record.provenance().origin();
    if (!origin.within(required)) {
      return Optional.of(
          switch (record.provenance()) {
                case Provenance.Unstated() ->
                    "its evidence, of peer 0.5, does not state what the run started from";
                case Provenance.Stated stated ->
                    "the run started from a disk of the origin " + origin;
              }
              + ", and PEER_REQUIRE_KEPT="
              + required
              + " refuses that: run it again, or take it with PEER_REQUIRE_KEPT="
              + origin);
    }
    return switch (record.provenance()) {
      case Provenance.Unstated() -> Optional.empty();
      case Provenance.Stated stated when stated.tries().passedAt() > mostTries ->
          Optional.of(
              "the tests passed at try "
                  + stated.tries()
                  + ", and PEER_REQUIRE_TRIES="
                  + mostTries
                  + " refuses that: run it again, or take it with PEER_REQUIRE_TRIES="
                  + stated.tries().passedAt());
      case Provenance.Stated stated -> lie(stated.startedFrom());
    };
  }

  private Optional<String> lie(StartedFrom from) {
    if (required == KeptOrigin.ANY || from.commits().isEmpty()) {
      return Optional.empty();
    }
    try {
      Set<CommitId> strangers = new TreeSet<>(history.strangers(from.origin(), from.commits()));
      return strangers.isEmpty()
          ? Optional.empty()
          : Optional.of(
              "its signer says that only "
                  + whose(from.origin())
                  + " prepared the disk that the run started from, and in this clone that is not so"
                  + " of "
                  + strangers.stream().map(CommitId::hex).collect(Collectors.joining(", "))
                  + ": `git fetch` if this clone is behind; otherwise do not trust the signer");
    } catch (IOException e) {
      return Optional.of("this clone's history cannot be read: " + e.getMessage());
    }
  }

  private static String whose(KeptOrigin origin) {
    return origin == KeptOrigin.TRUNK ? "the trunk" : "the revision's own history";
  }
}
