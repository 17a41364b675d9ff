package dev.peer.cli.run;

import dev.peer.cli.console.Output;
import dev.peer.cli.option.TargetChoice;
import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Syntax;
import dev.peer.config.CallContext;
import dev.peer.core.find.ResultRules;
import dev.peer.core.find.Survey;
import dev.peer.core.find.Surveyor;
import dev.peer.core.key.KeyInput;
import dev.peer.core.store.FailedRun;
import dev.peer.core.store.RunLogs;
import dev.peer.core.store.Store;
import dev.peer.core.trust.CertificateRole;
import dev.peer.home.HomeLayout;
import dev.peer.identity.Verifiers;
import dev.peer.network.PeerNetwork;
import dev.peer.network.RuntimeSource;
import dev.peer.report.Facts;
import dev.peer.run.Results;
import dev.peer.run.RunStart;
import dev.peer.run.RunTarget;
import dev.peer.secret.ValueDigests;
import dev.peer.source.SourceException;
import dev.peer.source.TreeChanges;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code peer explain}. */
public final class ExplainCommand implements Callable<Integer> {

  private final CallContext call;
  private final Output output;

  private final TargetChoice target = new TargetChoice();

  private final Option<Boolean> json = Option.flag("--json", "print JSON");

  public ExplainCommand(CallContext call, Output output) {
    this.call = call;
    this.output = output;
  }

  /** How it is called. */
  public Syntax syntax() {
    return Syntax.of(
            "explain",
            this,
            "Say why a run would hit or miss",
            "Shows every input of the run key, where a result is, and how many bytes a replay would"
                + " get. If there is none, shows how the nearest result in the store differs, and"
                + " what a run would start from. Fetches evidence and no bundle, and keeps nothing."
                + " Shows values of variables as digests with a key of this machine.",
            "Exit code 0: there is a result; 3: there is none; 5: results were found, and none"
                + " holds and counts.")
        .examples("  peer explain", "  peer explain lint --json", "  peer explain --rev main")
        .takes(target, json);
  }

  @Override
  public Integer call() throws Exception {
    try (RunTarget subject = target.subject(call, output)) {
      subject.sayWhatIsIgnored(output);
      subject
          .doubtOfName()
          .ifPresent(
              why ->
                  output.say(
                      "other peers may know this repository by another name: "
                          + why
                          + "; PEER_REPO in .env gives it one for all"));
      Store store = Results.openStore(subject);
      if (subject.peer().reach().rendezvous().isEmpty()) {
        // Without a rendezvous to ask, no certificate is needed.
        return explain(
            subject,
            store,
            new Surveyor(
                store,
                Optional.empty(),
                new ResultRules(Verifiers.verifier(subject.peer(), output), subject.acceptance()),
                output),
            Optional.empty());
      }
      try (PeerNetwork network = PeerNetwork.of(subject.peer(), output, CertificateRole.CLIENT)) {
        return explain(
            subject,
            store,
            network.surveyor(store, subject.acceptance()),
            Optional.of(network.runtimes()));
      }
    }
  }

  private int explain(
      RunTarget subject, Store store, Surveyor surveyor, Optional<RuntimeSource> runtimes)
      throws Exception {
    ValueDigests digests = ValueDigests.of(new HomeLayout(subject.peer().home()).digestKey());
    Survey survey = surveyor.survey(subject.inputs().repo(), subject.inputs().key());
    Optional<Explanation.Nearest> nearest =
        survey.held().isPresent() ? Optional.empty() : nearest(subject, surveyor);
    Optional<String> start =
        survey.held().isEmpty() && runtimes.isPresent()
            ? Optional.of(RunStart.of(subject, runtimes.get(), output))
            : Optional.empty();
    Explanation explanation =
        new Explanation(
            subject.inputs(), start, digests, survey, nearest, failedHere(subject, store));
    if (json.value()) {
      output.print(Facts.text(explanation.json()));
    } else {
      explanation.lines().forEach(output::print);
    }
    return explanation.exitCode().number();
  }

  private static Optional<FailedRun> failedHere(RunTarget subject, Store store) throws IOException {
    return store
        .logs()
        .lastFailed(store.ownerOf(subject.inputs().repo()))
        .map(RunLogs.FailureLog::run)
        .filter(run -> run.subject().key().equals(subject.inputs().key()));
  }

  private static Optional<Explanation.Nearest> nearest(RunTarget subject, Surveyor surveyor)
      throws IOException, SourceException {
    Optional<Surveyor.Near> near = surveyor.nearest(subject.inputs());
    return near.isPresent()
        ? Optional.of(new Explanation.Nearest(near.get(), trees(subject, near.get())))
        : Optional.empty();
  }

  private static Optional<TreeChanges> trees(RunTarget subject, Surveyor.Near nearest)
      throws SourceException {
    return nearest.differences().stream()
            .anyMatch(difference -> difference.either().kind() == KeyInput.Kind.TREE)
        ? subject
            .git()
            .changes(nearest.attestation().record().inputs().tree(), subject.inputs().tree())
        : Optional.empty();
  }
}
