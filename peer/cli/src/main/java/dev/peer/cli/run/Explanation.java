package dev.peer.cli.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.find.Delivery;
import dev.peer.core.find.FollowResult;
import dev.peer.core.find.LookupResult;
import dev.peer.core.find.Survey;
import dev.peer.core.find.Surveyor;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.Printable;
import dev.peer.core.id.ShortId;
import dev.peer.core.json.JsonTree;
import dev.peer.core.key.KeyInput;
import dev.peer.core.key.RunInputs;
import dev.peer.core.progress.TimeSpans;
import dev.peer.core.record.RunRecord;
import dev.peer.core.sign.VerifiedAttestation;
import dev.peer.core.store.FailedRun;
import dev.peer.report.ExitCode;
import dev.peer.report.Facts;
import dev.peer.report.ProvenanceFacts;
import dev.peer.run.Results;
import dev.peer.secret.ValueDigests;
import dev.peer.source.TreeChanges;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The output of {@code peer explain}.
 *
 * @param inputs the run that is asked about
 * @param start what a run here would start from, where there is no result and other peers were
 *     asked
 * @param digests digests to show in place of variables' values
 * @param nearest where there is no result that holds, and there is another
 * @param failedHere the last run of this key that did not pass here
 */
record Explanation(
    RunInputs inputs,
    Optional<String> start,
    ValueDigests digests,
    Survey survey,
    Optional<Nearest> nearest,
    Optional<FailedRun> failedHere) {

  /**
   * The result that comes nearest.
   *
   * @param trees the differences between its tree and the run's, if both are in the clone
   */
  record Nearest(Surveyor.Near result, Optional<TreeChanges> trees) {}

  private static final int DIGITS = 16;
  private static final int MOST_NAMES = 8;
  private static final String DIGEST = "hmac-sha256:";
  private static final String NOTHING = "not counted";

  ExitCode exitCode() {
    if (survey.held().isPresent()) {
      return ExitCode.PASSED;
    }
    return survey.onlyRefused() ? ExitCode.NOTHING_VERIFIED : ExitCode.NO_RESULT;
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(Facts.line("run", inputs.key().hex()));
    for (KeyInput input : KeyInput.of(inputs)) {
      String name = input.variable().isEmpty() ? "" : input.variable() + " = ";
      lines.add(Facts.line(input.kind().toString(), name + shown(input)));
    }
    survey.failures().forEach(failure -> lines.add(Facts.line("but", failure.why())));
    survey
        .unavailable()
        .ifPresent(why -> lines.add(Facts.line("but", "no rendezvous answers: " + why)));
    lines.add(Facts.line("result", result()));
    survey
        .held()
        .ifPresent(
            held -> {
              held.delivery()
                  .ifPresent(delivery -> lines.add(Facts.line("moves", bytes(delivery))));
              lines.addAll(ProvenanceFacts.lines(held.attestation().record().provenance()));
            });
    survey.running().forEach(peer -> lines.add(Facts.line("running", peer + " runs it now")));
    failedHere.ifPresent(run -> lines.add(Facts.line("failed", shown(run))));
    survey.failed().forEach(failure -> lines.add(Facts.line("failed", failure.text())));
    if (survey.held().isEmpty()) {
      lines.addAll(nearestLines());
    }
    start.ifPresent(what -> lines.add(Facts.line("starts from", what)));
    return lines;
  }

  ObjectNode json() {
    ObjectNode json = JsonTree.object();
    json.put("outcome", outcome());
    json.put("exitCode", exitCode().number());
    json.put("runKey", inputs.key().hex());
    ArrayNode all = json.putArray("inputs");
    KeyInput.of(inputs)
        .forEach(input -> all.addObject().put("name", input.name()).put("value", value(input)));
    survey.held().ifPresent(held -> put(json, held));
    survey.failures().stream().map(Survey.Failure::why).forEach(json.putArray("failures")::add);
    survey.unavailable().ifPresent(why -> json.put("unavailable", why));
    survey.running().stream().map(PeerId::text).forEach(json.putArray("running")::add);
    ArrayNode failed = json.putArray("failed");
    survey.failed().forEach(failure -> put(failed.addObject(), failure));
    failedHere.ifPresent(run -> put(json.putObject("failedHere"), run));
    nearest.ifPresent(near -> put(json.putObject("nearest"), near));
    start.ifPresent(what -> json.put("startsFrom", what));
    return json;
  }

  private static String shown(FailedRun run) {
    return "here, "
        + TimeSpans.ago(Duration.between(run.endedAt(), Instant.now()))
        + ": "
        + Printable.plain(run.failure().why())
        + "; `peer log --failed` shows it";
  }

  private static void put(ObjectNode json, FailedRun run) {
    json.put("stage", run.failure().stage());
    run.failure().exitCode().ifPresent(code -> json.put("stageExitCode", code));
    json.put("at", run.endedAt().toString());
  }

  private String outcome() {
    return switch (exitCode()) {
      case PASSED -> "hit";
      case NO_RESULT -> "miss";
      default -> "unverified";
    };
  }

  private String result() {
    if (survey.held().isPresent()) {
      Survey.Place held = survey.held().get();
      return "hit, "
          + held.holder().map(holder -> "with " + holder).orElse("in the store")
          + ": "
          + ran(held.attestation());
    }
    if (survey.onlyRefused()) {
      return "none that holds and counts";
    }
    return start.isPresent()
        ? "miss, not in the store, and no reachable peer holds one"
        : "miss, not in the store; PEER_RENDEZVOUS is not set, so no other peer was asked";
  }

  private static String bytes(Delivery delivery) {
    return delivery.here() == 0
        ? Facts.size(delivery.moved())
        : Facts.size(delivery.moved())
            + ", because "
            + Facts.size(delivery.here())
            + " are in results that are here";
  }

  private List<String> nearestLines() {
    if (nearest.isEmpty()) {
      return List.of(
          Facts.line(
              "nearest", "the store has no other result of " + inputs.repo() + " that holds"));
    }
    Surveyor.Near near = nearest.get().result();
    List<String> lines = new ArrayList<>();
    lines.add(
        Facts.line(
            "nearest",
            ShortId.of(near.attestation().key().hex()) + ", " + ran(near.attestation())));
    for (KeyInput.Difference difference : near.differences()) {
      lines.add(
          Facts.line(
              "differs",
              difference.either().name()
                  + ": "
                  + difference.here().map(this::shown).orElse(NOTHING)
                  + ", there "
                  + difference.there().map(this::shown).orElse(NOTHING)));
      if (difference.either().kind() == KeyInput.Kind.TREE) {
        lines.add(
            Facts.line(
                "",
                nearest
                    .get()
                    .trees()
                    .map(Explanation::paths)
                    .orElse("that tree is not in this clone")));
      }
    }
    return lines;
  }

  private static String ran(VerifiedAttestation attestation) {
    RunRecord record = attestation.record();
    return attestation.signer().id()
        + " ran it "
        + TimeSpans.ago(Duration.between(record.finishedAt(), Instant.now()))
        + " in "
        + Results.duration(record);
  }

  private static String paths(TreeChanges changes) {
    List<String> parts = new ArrayList<>();
    add(parts, "changed", changes.changed());
    add(parts, "added", changes.added());
    add(parts, "removed", changes.removed());
    return String.join("; ", parts);
  }

  private static void add(List<String> parts, String what, List<String> names) {
    if (!names.isEmpty()) {
      parts.add(
          what
              + " "
              + names.stream()
                  .limit(MOST_NAMES)
                  .map(Printable::plain)
                  .collect(Collectors.joining(", "))
              + (names.size() > MOST_NAMES ? " and " + (names.size() - MOST_NAMES) + " more" : ""));
    }
  }

  private String shown(KeyInput input) {
    String value = value(input);
    return input.variable().isEmpty()
        ? Printable.plain(value)
        : value.substring(0, DIGEST.length() + DIGITS);
  }

  private String value(KeyInput input) {
    return input.variable().isEmpty()
        ? input.value()
        : DIGEST + digests.of(input.variable(), input.value());
  }

  private static void put(ObjectNode json, LookupResult.Failure failure) {
    json.put("peer", failure.holder().id().text());
    if (failure.how().isPresent()) {
      FollowResult.Failed how = failure.how().get();
      json.put("stage", how.stage());
      how.exitCode().ifPresent(code -> json.put("stageExitCode", code));
      json.put("at", how.at().toString());
    }
  }

  private static void put(ObjectNode json, Survey.Place held) {
    json.put("source", held.holder().isPresent() ? "peer" : "store");
    held.holder().ifPresent(holder -> json.put("holder", holder.text()));
    held.delivery().ifPresent(delivery -> Facts.addTo(json, delivery));
    put(json, held.attestation());
  }

  private static void put(ObjectNode json, VerifiedAttestation attestation) {
    RunRecord record = attestation.record();
    json.put("signer", attestation.signer().id().text());
    json.put("finished", record.finishedAt().toString());
    json.put("runMilliseconds", record.took().toMillis());
    ProvenanceFacts.addTo(json, record.provenance());
  }

  private void put(ObjectNode json, Nearest nearest) {
    Surveyor.Near near = nearest.result();
    json.put("runKey", near.attestation().key().hex());
    put(json, near.attestation());
    ArrayNode differences = json.putArray("differences");
    for (KeyInput.Difference difference : near.differences()) {
      ObjectNode entry = differences.addObject().put("name", difference.either().name());
      difference.here().ifPresent(input -> entry.put("here", value(input)));
      difference.there().ifPresent(input -> entry.put("there", value(input)));
      if (difference.either().kind() == KeyInput.Kind.TREE) {
        nearest.trees().ifPresent(changes -> put(entry.putObject("paths"), changes));
      }
    }
  }

  private static void put(ObjectNode json, TreeChanges changes) {
    changes.changed().forEach(json.putArray("changed")::add);
    changes.added().forEach(json.putArray("added")::add);
    changes.removed().forEach(json.putArray("removed")::add);
  }
}
