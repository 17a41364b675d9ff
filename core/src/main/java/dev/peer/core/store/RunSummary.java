package dev.peer.core.store;

import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.id.TreeId;
import dev.peer.core.key.RunInputs;
import dev.peer.core.record.RunRecord;
import dev.peer.core.record.TestCounts;
import dev.peer.core.sign.VerifiedAttestation;
import java.time.Instant;
import java.util.Optional;

/**
 * What a list of results shows of one, as its attestation said when it was verified.
 *
 * @param key the run
 * @param subject what was run
 * @param signer the peer that signed it
 * @param startedAt when the run began
 * @param finishedAt when it ended
 * @param tests the counts of its tests' reports
 */
public record RunSummary(
    RunKey key,
    Subject subject,
    PeerId signer,
    Instant startedAt,
    Instant finishedAt,
    Optional<TestCounts> tests) {

  /**
   * What was run.
   *
   * @param target mk's target, and further arguments behind it
   */
  public record Subject(RepoId repo, TreeId tree, String target) {

    private static Subject of(RunInputs inputs) {
      return new Subject(inputs.repo(), inputs.tree(), inputs.goal());
    }
  }

  static RunSummary of(VerifiedAttestation attestation) {
    RunRecord record = attestation.record();
    return new RunSummary(
        attestation.key(),
        Subject.of(record.inputs()),
        attestation.signer().id(),
        record.startedAt(),
        record.finishedAt(),
        record.tests());
  }
}
