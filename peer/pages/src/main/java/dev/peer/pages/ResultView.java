package dev.peer.pages;

import dev.peer.core.access.SignRules;
import dev.peer.core.find.Acceptance;
import dev.peer.core.id.RunKey;
import dev.peer.core.junit.TestReports;
import dev.peer.core.key.KeyInput;
import dev.peer.core.key.RunInputs;
import dev.peer.core.progress.TimeSpans;
import dev.peer.core.record.Artifact;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.record.RunRecord;
import dev.peer.core.record.TestReport;
import dev.peer.core.sign.VerifiedRecord;
import dev.peer.core.store.HitSum;
import dev.peer.core.store.ResultUse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The page of one result.
 *
 * @param about what ran
 * @param verdict whether it counts
 * @param evidence why to believe it, as sentences
 * @param files what the run left
 * @param stages how long its stages took
 * @param log its output
 */
public record ResultView(
    About about,
    Verdict verdict,
    List<String> evidence,
    FileList files,
    StageChart stages,
    LogView log) {

  private static final int MOST_FILES = 1000;

  /**
   * What ran.
   *
   * @param target mk's target and further arguments
   */
  public record About(String repo, String target, List<Fact> facts) {}

  /** A fact under its name. */
  public record Fact(String name, String value) {}

  /**
   * What became of it.
   *
   * @param refusal why it does not count here; empty if it does
   * @param failures the first tests that failed, as the reports among the artifacts say
   */
  public record Verdict(Optional<String> refusal, List<String> failures) {}

  /**
   * What the run left.
   *
   * @param omitted how many more artifacts there are
   */
  public record FileList(List<FileRow> rows, int omitted, String stdout, String stderr) {}

  /**
   * An artifact.
   *
   * @param link where its bytes are; empty if it has none
   * @param size for people
   */
  public record FileRow(String name, Optional<String> link, String size, String description) {}

  /**
   * Reads a result.
   *
   * @param signers the rule that admits its signer
   * @param use what it was good for on this machine; empty: the page is for others
   */
  static ResultView of(
      VerifiedRecord verified, SignRules signers, Acceptance acceptance, Optional<ResultUse> use)
      throws IOException, MalformedException {
    RunRecord record = verified.record();
    RunKey key = verified.attestation().key();
    List<Artifact> artifacts = verified.artifacts();
    return new ResultView(
        new About(record.inputs().repo().text(), record.inputs().goal(), facts(verified, use)),
        new Verdict(acceptance.refusal(record), failures(verified, artifacts)),
        EvidenceText.sentences(verified.attestation(), signers),
        new FileList(
            artifacts.stream().limit(MOST_FILES).map(artifact -> row(key, artifact)).toList(),
            Math.max(0, artifacts.size() - MOST_FILES),
            new PagePath.Output(key, OutputStreamName.STDOUT).text(),
            new PagePath.Output(key, OutputStreamName.STDERR).text()),
        StageChart.of(record.provenance()),
        LogView.of(verified.files()));
  }

  /** The reports are the tests' own word, and no verdict depends on them. */
  private static List<String> failures(VerifiedRecord verified, List<Artifact> artifacts)
      throws IOException {
    return verified.record().tests().filter(tests -> tests.failed() > 0).isEmpty()
        ? List.of()
        : TestReports.read(verified.files(), artifacts, text -> text, _ -> {})
            .map(TestReport::failureLines)
            .orElse(List.of());
  }

  private static FileRow row(RunKey key, Artifact artifact) {
    return new FileRow(
        artifact.shown(),
        artifact instanceof Artifact.File file
            ? Optional.of(new PagePath.File(key, file.path()).text())
            : Optional.empty(),
        artifact instanceof Artifact.File ? Sizes.text(artifact.size()) : "",
        artifact.description());
  }

  private static List<Fact> facts(VerifiedRecord verified, Optional<ResultUse> use) {
    RunRecord record = verified.record();
    RunInputs inputs = record.inputs();
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("Repository", inputs.repo().text()));
    facts.add(new Fact("Tree", inputs.tree().hex()));
    inputs.commit().ifPresent(commit -> facts.add(new Fact("Commit", commit.hex())));
    facts.add(new Fact("Target", inputs.goal()));
    facts.add(new Fact("Tests", record.tests().map(Object::toString).orElse("not counted")));
    facts.add(new Fact("Signer", verified.attestation().signer().id().text()));
    facts.add(new Fact("Began", record.startedAt().toString()));
    facts.add(new Fact("Ended", record.finishedAt().toString()));
    facts.add(new Fact("Took", TimeSpans.seconds(record.took())));
    facts.add(new Fact("Bundle", Sizes.text(verified.attestation().bundle().size())));
    facts.add(new Fact("Run key", verified.attestation().key().hex()));
    facts.add(new Fact("Guest image", inputs.image() + ", " + inputs.architecture()));
    facts.add(new Fact("Network", inputs.network().toString()));
    KeyInput.of(inputs.options())
        .forEach(option -> facts.add(new Fact(option.kind().toString(), option.value())));
    facts.add(new Fact("Variables", names(inputs.environment().keySet())));
    facts.add(new Fact("Secrets", names(record.secretNames())));
    facts.add(new Fact("Container", record.containerImage() + ", " + record.containerImageId()));
    facts.add(new Fact("Accelerator", record.accelerator()));
    use.map(ResultUse::hits)
        .filter(hits -> hits.count() > 0)
        .ifPresent(hits -> facts.add(new Fact("Hits", text(hits))));
    use.flatMap(ResultUse::sentText).ifPresent(text -> facts.add(new Fact("Sent", text)));
    return facts;
  }

  private static String text(HitSum hits) {
    return hits.count() + " here, saved " + HitChart.length(hits.saved());
  }

  private static String names(Collection<String> names) {
    return names.isEmpty() ? "none" : String.join(", ", names);
  }
}
