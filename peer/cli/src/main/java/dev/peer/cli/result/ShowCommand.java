package dev.peer.cli.result;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.cli.console.Output;
import dev.peer.cli.syntax.ArgumentGroup;
import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Syntax;
import dev.peer.config.CallContext;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.json.JsonTree;
import dev.peer.core.progress.TimeSpans;
import dev.peer.core.record.Artifact;
import dev.peer.core.record.TestReport;
import dev.peer.core.store.FailedRun;
import dev.peer.core.store.HitSum;
import dev.peer.core.store.ResultUse;
import dev.peer.core.store.Store;
import dev.peer.identity.RuleReader;
import dev.peer.identity.Verifiers;
import dev.peer.pages.ResultDocument;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.report.Facts;
import dev.peer.report.OutputFile;
import dev.peer.result.StoredRun;
import dev.peer.result.VerifiedResult;
import dev.peer.run.Results;
import dev.peer.run.RunTarget;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code peer show}. */
public final class ShowCommand implements Callable<Integer> {

  private final CallContext call;
  private final Output output;

  private final StoredRunSelector kept = new StoredRunSelector();

  private final StoredRunSelector.FailureOptions failed = new StoredRunSelector.FailureOptions();

  private final Option<Boolean> json = Option.flag("--json", "print JSON");

  private final Option<Path> html =
      Option.of("--html", "FILE", Path.class, "write a page that opens anywhere, with the output");

  public ShowCommand(CallContext call, Output output) {
    this.call = call;
    this.output = output;
  }

  /** How it is called. */
  public Syntax syntax() {
    return Syntax.of(
            "show",
            this,
            "Show what ran, who signed it, and until when it holds",
            "Shows everything known of a run in this store, and its artifacts; for a run that did"
                + " not pass, where and why.",
            "Exit code 3: the store has no such run; 5: the result does not hold.")
        .examples(
            "  peer show                          # the last run of this repository",
            "  peer show 3fa9 --json",
            "  peer show --html result.html",
            "  peer show --failed")
        .takes(kept, failed, ArgumentGroup.exclusive(json, html));
  }

  @Override
  public Integer call() throws Exception {
    Settings settings = RunTarget.settingsHere(call);
    output.warn(settings);
    PeerSettings peer = PeerSettings.of(settings);
    Store store = Results.openStore(peer.home());
    switch (kept.find(call, store, failed)) {
      case StoredRun.Failure failure -> {
        if (html.given().isPresent()) {
          throw new CommandException(
              ExitCode.USAGE,
              "--html is for results, and this run did not pass",
              "`peer log --failed` shows its output");
        }
        show(failure.log().run());
      }
      case StoredRun.Result result -> {
        try (VerifiedResult opened =
            VerifiedResult.of(store, Verifiers.verifier(peer, output), result)) {
          show(opened, peer, ResultUse.of(result.entry()));
        }
      }
    }
    return ExitCode.PASSED.number();
  }

  private void show(VerifiedResult opened, PeerSettings peer, ResultUse use) throws Exception {
    VerifiedFacts facts =
        new VerifiedFacts(opened.verified().attestation(), RuleReader.rules(peer).sign(), true);
    if (html.given().isPresent()) {
      byte[] page =
          ResultDocument.of(opened.verified(), facts.signers(), VerifiedResult.acceptance(peer));
      OutputFile.<IOException>write(
          "--html",
          call.directory().resolve(html.value()),
          PosixFilePermissions.fromString("rw-r--r--"),
          to -> Channels.newOutputStream(to).write(page));
      return;
    }
    Optional<String> refusal = VerifiedResult.refusal(peer, opened.verified().attestation());
    if (json.value()) {
      ObjectNode answer = facts.json();
      answer.put("counts", refusal.isEmpty());
      Facts.addTo(answer, use);
      Facts.addTo(answer, opened.verified().artifacts());
      output.print(Facts.text(answer));
      return;
    }
    facts.lines().forEach(output::print);
    refusal.ifPresent(why -> output.print(Facts.line("counts", "not here: " + why)));
    HitSum hits = use.hits();
    if (hits.count() > 0) {
      output.print(
          Facts.line("hits", hits.count() + " here, saved " + TimeSpans.seconds(hits.saved())));
    }
    use.sentText().ifPresent(text -> output.print(Facts.line("sent", text)));
    String label = "artifacts";
    for (Artifact artifact : opened.verified().artifacts()) {
      output.print(Facts.line(label, Facts.of(artifact)));
      label = "";
    }
  }

  private void show(FailedRun run) {
    if (json.value()) {
      ObjectNode answer = JsonTree.object().put("outcome", "failed");
      answer.setAll(run.json());
      output.print(Facts.text(answer));
      return;
    }
    output.print(
        Facts.line(
            "failed",
            TimeSpans.ago(Duration.between(run.endedAt(), Instant.now()))
                + ": "
                + run.failure().why()));
    output.print(Facts.line("run", run.subject().key().hex()));
    output.print(
        Facts.line(
            "ran",
            run.startedAt()
                + " to "
                + run.endedAt()
                + ", to the stage "
                + run.failure().stage()
                + run.failure().exitCode().map(code -> ", exit code " + code).orElse("")));
    output.print(Facts.line("repository", run.subject().repo().text()));
    output.print(Facts.line("tree", run.subject().tree().hex()));
    output.print(
        Facts.line(
            "target",
            String.join(" ", run.subject().target(), String.join(" ", run.subject().arguments()))));
    run.failure().tests().ifPresent(this::show);
    output.print(Facts.line("output", "`peer log --failed` shows it"));
  }

  private void show(TestReport tests) {
    output.print(Facts.line("tests", tests.counts().toString()));
    tests.failureLines().forEach(line -> output.print(Facts.line("", line)));
  }
}
