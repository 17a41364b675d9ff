package dev.peer.cli.result;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.cli.console.Output;
import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Syntax;
import dev.peer.config.CallContext;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.ShortId;
import dev.peer.core.json.JsonTree;
import dev.peer.core.progress.TimeSpans;
import dev.peer.core.record.RunRecord;
import dev.peer.core.sign.Evidence;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.sign.VerificationException;
import dev.peer.core.sign.VerifiedAttestation;
import dev.peer.core.store.ListedEntry;
import dev.peer.core.store.Removal;
import dev.peer.core.store.ResultUse;
import dev.peer.core.store.Store;
import dev.peer.core.timestamp.Timestamp;
import dev.peer.home.HomeLayout;
import dev.peer.identity.Verifiers;
import dev.peer.report.ExitCode;
import dev.peer.report.Facts;
import dev.peer.run.Results;
import dev.peer.run.RunTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code peer ls}. */
public final class LsCommand implements Callable<Integer> {

  private final CallContext call;
  private final Output output;

  private final Option<Boolean> all = Option.flag("--all", "of all repositories");

  private final Option<Boolean> gone =
      Option.flag("--gone", "list removed results instead, the latest first, and why");

  private final Option<Boolean> json = Option.flag("--json", "print JSON");

  public LsCommand(CallContext call, Output output) {
    this.call = call;
    this.output = output;
  }

  /**
   * A result as it was found.
   *
   * @param verified its verified content, if it holds
   * @param refused why it does not
   */
  private record Row(ListedEntry entry, Optional<VerifiedAttestation> verified, String refused) {

    private ResultUse use() {
      return ResultUse.of(entry.entry());
    }
  }

  /** How it is called. */
  public Syntax syntax() {
    return Syntax.of(
            "ls",
            this,
            "List the results kept of this repository",
            "The one kept or replayed last comes first. Shows until when the evidence of each"
                + " holds, and why. The bundle's bytes are checked at a replay.")
        .examples(
            "  peer ls",
            "  peer ls --all --json",
            "  peer ls --gone                     # what was removed, when and why")
        .takes(all, gone, json);
  }

  @Override
  public Integer call() throws Exception {
    Settings settings = RunTarget.settingsHere(call);
    output.warn(settings);
    PeerSettings peer = PeerSettings.of(settings);
    if (gone.value()) {
      return printGone(peer);
    }
    RecordVerifier verifier = Verifiers.verifier(peer, output);
    List<Row> results = new ArrayList<>();
    Optional<RepoId> only = all.value() ? Optional.empty() : Optional.of(RunTarget.repo(call));
    for (ListedEntry entry : entries(new HomeLayout(peer.home()).store(), only)) {
      results.add(judged(entry, verifier));
    }
    if (json.value()) {
      output.print(json(results));
    } else {
      results.forEach(result -> output.print(line(result)));
    }
    return ExitCode.PASSED.number();
  }

  private int printGone(PeerSettings peer) throws Exception {
    Path directory = new HomeLayout(peer.home()).store();
    Optional<RepoId> only = all.value() ? Optional.empty() : Optional.of(RunTarget.repo(call));
    List<Removal> removed =
        Files.exists(directory)
            ? Results.openStore(peer.home()).removals().list()
            : List.<Removal>of();
    List<Removal> asked =
        removed.stream().filter(one -> only.isEmpty() || one.repository().equals(only)).toList();
    if (json.value()) {
      output.print(goneJson(asked));
    } else {
      asked.forEach(one -> output.print(goneLine(one)));
    }
    return ExitCode.PASSED.number();
  }

  private String goneLine(Removal one) {
    return ShortId.of(one.key().hex())
        + "  "
        + (all.value() ? one.repository().map(repo -> repo + ", ").orElse("") : "")
        + "removed "
        + TimeSpans.ago(Duration.between(one.removed(), Instant.now()))
        + ", kept or replayed last "
        + TimeSpans.ago(Duration.between(one.kept(), Instant.now()))
        + ", "
        + Facts.size(one.bundleBytes())
        + ": "
        + why(one.why());
  }

  private static String why(Removal.Why why) {
    return why.text()
        + switch (why) {
          case NUMBER -> " (PEER_KEEP)";
          case AGE -> " (PEER_KEEP_FOR)";
          case BYTES -> " (PEER_KEEP_BYTES)";
          case REFUSED -> "";
        };
  }

  private static String goneJson(List<Removal> removed) {
    ObjectNode answer = JsonTree.object();
    ArrayNode array = answer.putArray("gone");
    for (Removal one : removed) {
      ObjectNode entry = array.addObject();
      one.repository().ifPresent(repo -> entry.put("repository", repo.text()));
      entry.put("runKey", one.key().hex());
      entry.put("bundleBytes", one.bundleBytes());
      entry.put("kept", one.kept().toString());
      entry.put("removed", one.removed().toString());
      entry.put("why", one.why().name().toLowerCase(Locale.ROOT));
    }
    return new String(JsonTree.bytes(answer), StandardCharsets.UTF_8);
  }

  private static List<ListedEntry> entries(Path directory, Optional<RepoId> only)
      throws IOException {
    if (!Files.exists(directory)) {
      return List.of();
    }
    Store store = Store.open(directory, 1);
    return only.isPresent() ? store.entries().list(only.get()) : store.entries().list();
  }

  private static Row judged(ListedEntry entry, RecordVerifier verifier) {
    try {
      return new Row(
          entry,
          Optional.of(
              verifier.verify(entry.entry().attestation(), entry.key(), entry.entry().lists())),
          "");
    } catch (VerificationException e) {
      return new Row(entry, Optional.empty(), e.getMessage());
    }
  }

  private String line(Row result) {
    String key = ShortId.of(result.entry().key().hex());
    String size = Facts.size(result.entry().bundleBytes());
    if (result.verified().isEmpty()) {
      return key + "  " + size + ", refused: " + result.refused();
    }
    VerifiedAttestation verified = result.verified().get();
    RunRecord record = verified.record();
    return key
        + "  "
        + (all.value() ? record.inputs().repo() + " " : "")
        + record.inputs().target()
        + " of tree "
        + ShortId.of(record.inputs().tree().hex())
        + record.tests().map(tests -> ", " + tests).orElse("")
        + ", "
        + verified.signer().id()
        + " ran it "
        + TimeSpans.ago(Duration.between(record.finishedAt(), Instant.now()))
        + ", "
        + size
        + ", holds until "
        + verified.evidence().until()
        + " ("
        + why(verified.evidence())
        + ")";
  }

  /** The reason why it holds that long. */
  static String why(Evidence evidence) {
    return evidence
        .timestamp()
        .map(timestamp -> "timestamp of " + timestamp.time() + " by " + timestamp.authority())
        .orElse("certificate");
  }

  private static String json(List<Row> results) {
    ObjectNode answer = JsonTree.object();
    ArrayNode array = answer.putArray("results");
    for (Row result : results) {
      ObjectNode entry = array.addObject();
      entry.put("runKey", result.entry().key().hex());
      entry.put("kept", result.entry().kept().toString());
      entry.put("bundleBytes", result.entry().bundleBytes());
      Facts.addTo(entry, result.use());
      result.verified().ifPresent(verified -> put(entry, verified));
      if (result.verified().isEmpty()) {
        entry.put("refused", result.refused());
      }
    }
    return new String(JsonTree.bytes(answer), StandardCharsets.UTF_8);
  }

  private static void put(ObjectNode entry, VerifiedAttestation verified) {
    RunRecord record = verified.record();
    entry.put("repository", record.inputs().repo().text());
    entry.put("tree", record.inputs().tree().hex());
    entry.put("target", record.inputs().target());
    record.inputs().arguments().forEach(entry.putArray("arguments")::add);
    record.tests().ifPresent(tests -> entry.set("tests", tests.json()));
    entry.put("signer", verified.signer().id().text());
    entry.put("finished", record.finishedAt().toString());
    entry.put("holdsUntil", verified.evidence().until().toString());
    verified.evidence().timestamp().ifPresent(timestamp -> put(entry, timestamp));
  }

  private static void put(ObjectNode entry, Timestamp timestamp) {
    entry
        .putObject("timestamp")
        .put("time", timestamp.time().toString())
        .put("authority", timestamp.authority().text());
  }
}
