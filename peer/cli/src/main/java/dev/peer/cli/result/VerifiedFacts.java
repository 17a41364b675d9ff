package dev.peer.cli.result;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.access.NamespaceRules;
import dev.peer.core.access.SignRules;
import dev.peer.core.id.Digest;
import dev.peer.core.id.Printable;
import dev.peer.core.json.JsonTree;
import dev.peer.core.key.KeyInput;
import dev.peer.core.key.RunInputs;
import dev.peer.core.record.RunRecord;
import dev.peer.core.sign.VerifiedAttestation;
import dev.peer.core.trust.CertificateFacts;
import dev.peer.report.ExitCode;
import dev.peer.report.Facts;
import dev.peer.report.ProvenanceFacts;
import dev.peer.run.Results;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The output of {@code peer verify} for a result that holds.
 *
 * @param signers the rule that admits the signer
 * @param wholeBundle whether the bundle was verified too
 */
record VerifiedFacts(VerifiedAttestation verified, SignRules signers, boolean wholeBundle) {

  List<String> lines() {
    RunRecord record = verified.record();
    RunInputs inputs = record.inputs();
    List<String> lines = new ArrayList<>();
    lines.add(Facts.line("verified", attestation().toString()));
    lines.add(Facts.line("run", verified.key().hex()));
    lines.add(Facts.line("signer", verified.signer().id().text()));
    lines.add(
        Facts.line(
            "ran",
            record.startedAt()
                + " to "
                + record.finishedAt()
                + " ("
                + Results.duration(record)
                + "), exit code "
                + record.exitCode()));
    record.tests().ifPresent(tests -> lines.add(Facts.line("tests", tests.toString())));
    lines.add(Facts.line("repository", inputs.repo().text()));
    lines.add(Facts.line("tree", inputs.tree().hex()));
    inputs.commit().ifPresent(commit -> lines.add(Facts.line("commit", commit.hex())));
    inputs.tags().ifPresent(tags -> lines.add(Facts.line("tags", tags.toString())));
    lines.add(Facts.line("target", Printable.plain(inputs.goal())));
    lines.add(Facts.line("image", inputs.image() + ", " + inputs.architecture()));
    lines.add(Facts.line("network", inputs.network().toString()));
    KeyInput.of(inputs.options())
        .forEach(option -> lines.add(Facts.line(option.kind().toString(), option.value())));
    lines.add(Facts.line("variables", names(inputs.environment().keySet())));
    lines.add(Facts.line("secrets", names(record.secretNames())));
    lines.add(
        Facts.line(
            "container",
            Printable.plain(record.containerImage() + ", " + record.containerImageId())));
    lines.add(Facts.line("accelerator", Printable.plain(record.accelerator())));
    lines.addAll(ProvenanceFacts.lines(record.provenance()));
    lines.add(
        Facts.line(
            "bundle",
            verified.bundle().digest()
                + ", "
                + verified.bundle().size()
                + " bytes, "
                + (wholeBundle ? "every one verified" : "not looked at")));
    String label = "certificate";
    for (CertificateFacts certificate : certificates()) {
      lines.add(Facts.line(label, Facts.of(certificate)));
      label = "";
    }
    lines.add(
        Facts.line(
            "holds",
            "until "
                + verified.evidence().until()
                + " ("
                + LsCommand.why(verified.evidence())
                + ")"));
    lines.add(Facts.line("rule", "PEER_ALLOW_SIGN: " + String.join("; ", admitting())));
    return lines;
  }

  ObjectNode json() {
    RunRecord record = verified.record();
    RunInputs inputs = record.inputs();
    ObjectNode json = JsonTree.object();
    json.put("outcome", "verified");
    json.put("exitCode", ExitCode.PASSED.number());
    json.put("attestation", attestation().toString());
    json.put("runKey", verified.key().hex());
    json.put("signer", verified.signer().id().text());
    json.put("started", record.startedAt().toString());
    json.put("finished", record.finishedAt().toString());
    json.put("testExitCode", record.exitCode());
    record.tests().ifPresent(tests -> json.set("tests", tests.json()));
    json.put("repository", inputs.repo().text());
    json.put("tree", inputs.tree().hex());
    inputs.commit().ifPresent(commit -> json.put("commit", commit.hex()));
    inputs.tags().ifPresent(tags -> json.put("tags", tags.toString()));
    json.put("target", inputs.target());
    inputs.arguments().forEach(json.putArray("arguments")::add);
    json.put("image", inputs.image().toString());
    json.put("architecture", inputs.architecture().name());
    json.put("network", inputs.network().toString());
    KeyInput.of(inputs.options())
        .forEach(option -> json.put(option.kind().toString(), option.value()));
    inputs.environment().keySet().forEach(json.putArray("variables")::add);
    record.secretNames().forEach(json.putArray("secrets")::add);
    json.put("containerImage", record.containerImage());
    json.put("containerImageId", record.containerImageId());
    json.put("accelerator", record.accelerator());
    ProvenanceFacts.addTo(json, record.provenance());
    json.put("bundle", verified.bundle().digest().toString());
    json.put("bundleBytes", verified.bundle().size());
    json.put("bundleVerified", wholeBundle);
    ArrayNode path = json.putArray("certificates");
    certificates().stream().map(Facts::json).forEach(path::add);
    json.put("holdsUntil", verified.evidence().until().toString());
    ObjectNode rule = json.putObject("rule");
    rule.put("setting", "PEER_ALLOW_SIGN");
    rule.put("text", signers.toString());
    List<String> alternatives =
        deciding().stream()
            .flatMap(one -> one.rule().admittedBy(verified.signer()).stream())
            .distinct()
            .toList();
    if (!alternatives.isEmpty()) {
      rule.put("admittedBy", String.join(",", alternatives));
    }
    return json;
  }

  private Digest attestation() {
    return Digest.of(verified.envelope().bytes());
  }

  private List<String> admitting() {
    return deciding().stream().map(one -> one.admitting(verified.signer())).toList();
  }

  private List<NamespaceRules.Namespace> deciding() {
    RunInputs inputs = verified.record().inputs();
    return signers.deciding(inputs.repo(), inputs.targets());
  }

  private List<CertificateFacts> certificates() {
    return verified.path().certificates().stream().map(CertificateFacts::of).toList();
  }

  private static String names(Collection<String> names) {
    return names.isEmpty() ? "none" : String.join(", ", names);
  }
}
