package dev.peer.core.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.RuntimeId;
import dev.peer.core.record.StartedFrom;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which kept disk a run starts from, and what becomes of its own. */
class LineageTest {

  private static final CommitId OLD = commit(1);
  private static final CommitId BASE = commit(2);
  private static final CommitId OWN = commit(3);
  private static final CommitId STRANGER = commit(4);
  private static final CommitId REVISION = commit(5);

  private static final StartedFrom OF_TRUNK = disk(KeptOrigin.TRUNK, OLD, BASE);
  private static final StartedFrom OF_BRANCH = disk(KeptOrigin.HISTORY, BASE, OWN);
  private static final StartedFrom OF_STRANGER = disk(KeptOrigin.HISTORY, BASE, STRANGER);
  private static final StartedFrom OF_ANYBODY = disk(KeptOrigin.ANY, BASE);

  /** A branch that left the trunk at BASE and has OWN. */
  private static final Ancestry BRANCH =
      (_, asked) ->
          new HistoryPosition(
              false,
              Optional.of(BASE),
              first(asked.contains(OWN), OWN).or(() -> first(asked.contains(BASE), BASE)),
              first(asked.contains(BASE), BASE),
              "");

  private static final Ancestry TRUNK =
      (revision, asked) ->
          new HistoryPosition(
              true,
              Optional.of(revision),
              first(asked.contains(BASE), BASE),
              first(asked.contains(BASE), BASE),
              "");

  private static final Ancestry NOWHERE =
      (_, _) ->
          new HistoryPosition(
              false, Optional.empty(), Optional.empty(), Optional.empty(), "why not");

  @Test
  void aBranchStartsFromTheTrunksDiskAndLeavesNone() {
    KeptPlan plan = plan(KeptOrigin.TRUNK, BRANCH, OF_STRANGER, OF_BRANCH, OF_TRUNK);

    assertThat(plan.disk()).contains(OF_TRUNK);
    assertThat(plan.startedFrom()).isEqualTo(OF_TRUNK);
    assertThat(plan.left()).isEmpty();
    assertThat(plan.base()).isEmpty();
  }

  @Test
  void aBranchWithoutADiskOfTheTrunkHasItsBasePreparedFirst() {
    KeptPlan plan = plan(KeptOrigin.TRUNK, BRANCH, OF_STRANGER, OF_BRANCH, OF_ANYBODY);

    assertThat(plan.disk()).isEmpty();
    assertThat(plan.startedFrom()).isEqualTo(StartedFrom.BLANK);
    assertThat(plan.base()).contains(BASE);
  }

  @Test
  void theTrunkLeavesADiskAndPreparesNothingFirst() {
    KeptPlan plan = plan(KeptOrigin.TRUNK, TRUNK, OF_STRANGER);

    assertThat(plan.left()).contains(KeptOrigin.TRUNK);
    assertThat(plan.disk()).isEmpty();
    assertThat(plan.base()).isEmpty();
    assertThat(plan(KeptOrigin.TRUNK, TRUNK, OF_TRUNK).disk()).contains(OF_TRUNK);
  }

  @Test
  void historyIsOfAncestorsAndSaysWhoseDiskItIs() {
    KeptPlan plan = plan(KeptOrigin.HISTORY, BRANCH, OF_STRANGER, OF_TRUNK, OF_BRANCH);

    assertThat(plan.disk()).contains(OF_BRANCH);
    assertThat(plan.startedFrom()).isEqualTo(OF_BRANCH);
    assertThat(plan.left()).contains(KeptOrigin.HISTORY);
    assertThat(plan(KeptOrigin.HISTORY, BRANCH, OF_TRUNK).startedFrom()).isEqualTo(OF_TRUNK);
    assertThat(plan(KeptOrigin.HISTORY, TRUNK).left()).contains(KeptOrigin.TRUNK);
  }

  @Test
  void aBranchsDiskIsTheTrunksOnceThatHasItsCommits() {
    StartedFrom merged = disk(KeptOrigin.HISTORY, BASE);

    KeptPlan plan = plan(KeptOrigin.TRUNK, TRUNK, merged);

    assertThat(plan.disk()).contains(merged);
    assertThat(plan.startedFrom()).isEqualTo(disk(KeptOrigin.TRUNK, BASE));
  }

  @Test
  void anyTakesTheLastUsedAndSaysSo() {
    KeptPlan plan = plan(KeptOrigin.ANY, NOWHERE, OF_STRANGER, OF_TRUNK);

    assertThat(plan.disk()).contains(OF_STRANGER);
    assertThat(plan.startedFrom()).isEqualTo(disk(KeptOrigin.ANY, BASE, STRANGER));
    assertThat(plan.left()).contains(KeptOrigin.ANY);
    assertThat(plan(KeptOrigin.ANY, NOWHERE, StartedFrom.UNKNOWN).startedFrom())
        .isEqualTo(StartedFrom.UNKNOWN);
    assertThat(plan(KeptOrigin.ANY, NOWHERE).startedFrom()).isEqualTo(StartedFrom.BLANK);
  }

  @Test
  void theRuntimesThatADiskCameFromAreNamedWhateverItsOriginIsToTheRun() {
    List<RuntimeId> runtimes =
        List.of(new RuntimeId(new PeerId("urn:peer:ci"), Digest.of(new byte[0])));

    StartedFrom taken = OF_TRUNK.outOf(runtimes);

    assertThat(plan(KeptOrigin.HISTORY, BRANCH, taken).startedFrom()).isEqualTo(taken);
    assertThat(plan(KeptOrigin.ANY, NOWHERE, taken).startedFrom())
        .isEqualTo(new StartedFrom(KeptOrigin.ANY, taken.commits(), runtimes, Optional.empty()));
  }

  @Test
  void withoutATrunkARunStartsBlankAndSaysWhy() {
    KeptPlan plan = plan(KeptOrigin.TRUNK, NOWHERE, OF_TRUNK, StartedFrom.UNKNOWN);

    assertThat(plan.startedFrom()).isEqualTo(StartedFrom.BLANK);
    assertThat(plan.left()).isEmpty();
    assertThat(plan.base()).isEmpty();
    assertThat(plan.unknown()).isEqualTo("why not");
  }

  @Test
  void refusesALineageThatKeepsNothing() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Lineage(REVISION, KeptOrigin.BLANK, TRUNK));
  }

  private static KeptPlan plan(KeptOrigin widest, Ancestry ancestry, StartedFrom... kept) {
    return new Lineage(REVISION, widest, ancestry).plan(List.of(kept));
  }

  private static StartedFrom disk(KeptOrigin origin, CommitId... commits) {
    return new StartedFrom(origin, List.of(commits));
  }

  private static Optional<CommitId> first(boolean there, CommitId commit) {
    return Optional.of(commit).filter(_ -> there);
  }

  private static CommitId commit(int number) {
    return new CommitId(Integer.toString(number).repeat(40));
  }
}
