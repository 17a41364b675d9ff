package dev.peer.core.find;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.key.ContainerLimits;
import dev.peer.core.key.TestOptions;
import dev.peer.core.record.Content;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.Provenance;
import dev.peer.core.record.Records;
import dev.peer.core.record.RunRecord;
import dev.peer.core.record.StartedFrom;
import dev.peer.core.record.TestOutput;
import dev.peer.core.record.Tries;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AcceptanceTest {

  private static final CommitId ONE = new CommitId("1".repeat(40));
  private static final CommitId TWO = new CommitId("2".repeat(40));
  private static final Content NOTHING = new Content(0, Digest.of(new byte[0]));

  @ParameterizedTest
  @EnumSource(KeptOrigin.class)
  void takesWhatIsNoWiderThanRequired(KeptOrigin required) {
    for (KeptOrigin origin : KeptOrigin.values()) {
      Acceptance acceptance = new Acceptance(required, ClaimedHistory.UNKNOWN);

      assertThat(acceptance.refusal(startedFrom(origin)).isEmpty())
          .as("%s where %s is required", origin, required)
          .isEqualTo(origin.compareTo(required) <= 0);
    }
  }

  @Test
  void namesTheSettingThatTakesIt() {
    Acceptance trunk = new Acceptance(KeptOrigin.TRUNK, ClaimedHistory.UNKNOWN);

    assertThat(trunk.refusal(startedFrom(KeptOrigin.HISTORY)))
        .get()
        .asString()
        .contains("a disk of the origin history")
        .contains("PEER_REQUIRE_KEPT=trunk refuses that")
        .endsWith("PEER_REQUIRE_KEPT=history");
  }

  @Test
  void takesAPassOfALaterTryOnlyWhereThatIsEnough() {
    Provenance.Stated stated = Records.provenance();
    RunRecord late =
        Records.with(
            record(stated),
            new TestOptions(ContainerLimits.DEFAULT, 2),
            new Provenance.Stated(
                stated.startedFrom(),
                stated.preparationNetwork(),
                stated.mk(),
                stated.agent(),
                new Tries(2, 3),
                stated.stages()));

    assertThat(Acceptance.EVERYTHING.refusal(late)).isEmpty();
    assertThat(new Acceptance(KeptOrigin.ANY, ClaimedHistory.UNKNOWN, 2).refusal(late)).isEmpty();
    assertThat(new Acceptance(KeptOrigin.ANY, ClaimedHistory.UNKNOWN, 1).refusal(late))
        .get()
        .asString()
        .contains("passed at try 2 of 3, and PEER_REQUIRE_TRIES=1 refuses that")
        .endsWith("PEER_REQUIRE_TRIES=2");
  }

  @Test
  void takesEvidenceOfPeer05AsOfAnyOrigin() {
    RunRecord old = record(new Provenance.Unstated());

    assertThat(Acceptance.EVERYTHING.refusal(old)).isEmpty();
    assertThat(new Acceptance(KeptOrigin.HISTORY, ClaimedHistory.UNKNOWN).refusal(old))
        .get()
        .asString()
        .contains("peer 0.5")
        .endsWith("PEER_REQUIRE_KEPT=any");
  }

  @Test
  void namesTheCommitsOfWhichTheCloneKnowsBetter() {
    Acceptance looking = new Acceptance(KeptOrigin.TRUNK, (_, _) -> Set.of(TWO));

    assertThat(looking.refusal(startedFrom(KeptOrigin.TRUNK)))
        .get()
        .asString()
        .contains("only the trunk prepared the disk")
        .contains("not so of " + TWO);
    assertThat(looking.refusal(startedFrom(KeptOrigin.BLANK))).isEmpty();
  }

  @Test
  void takesLayersWhereTheTrunkCountsAndNotWhereOnlyBlankDisksDo() {
    RunRecord layers = startedFrom(KeptOrigin.LAYERS);

    assertThat(new Acceptance(KeptOrigin.TRUNK, (_, _) -> Set.of(TWO)).refusal(layers)).isEmpty();
    assertThat(new Acceptance(KeptOrigin.BLANK, ClaimedHistory.UNKNOWN).refusal(layers))
        .get()
        .asString()
        .contains("a disk of the origin layers")
        .endsWith("PEER_REQUIRE_KEPT=layers");
  }

  @Test
  void asksNoCloneWhereEveryOriginIsTaken() {
    Acceptance any = new Acceptance(KeptOrigin.ANY, (_, _) -> Set.of(TWO));

    assertThat(any.refusal(startedFrom(KeptOrigin.TRUNK))).isEmpty();
  }

  @Test
  void takesNothingOnTheWordOfASignerWhereTheCloneIsDamaged() {
    Acceptance damaged =
        new Acceptance(
            KeptOrigin.TRUNK,
            (_, _) -> {
              throw new IOException("bad pack");
            });

    assertThat(damaged.refusal(startedFrom(KeptOrigin.TRUNK)))
        .get()
        .asString()
        .contains("bad pack");
  }

  private static RunRecord startedFrom(KeptOrigin origin) {
    return record(
        Records.provenance(
            switch (origin) {
              case BLANK -> StartedFrom.BLANK;
              case LAYERS -> StartedFrom.ofLayers(NOTHING.digest(), List.of());
              case TRUNK, HISTORY, ANY -> new StartedFrom(origin, List.of(ONE, TWO));
            }));
  }

  private static RunRecord record(Provenance provenance) {
    return Records.with(
        Records.record(new TestOutput(NOTHING, NOTHING, NOTHING), List.of()), provenance);
  }
}
