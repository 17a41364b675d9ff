package dev.peer.cli.result;

import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Positional;
import dev.peer.cli.syntax.Syntax;
import dev.peer.cli.syntax.SyntaxPart;
import dev.peer.config.CallContext;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.store.ListedEntry;
import dev.peer.core.store.RunLogs;
import dev.peer.core.store.Store;
import dev.peer.core.store.StoredEntry;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.result.StoredRun;
import dev.peer.run.RepoOwner;
import dev.peer.run.Results;
import dev.peer.run.RunTarget;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which of the runs that are kept here a command is about. */
final class StoredRunSelector implements SyntaxPart {

  private final Positional<String> prefix =
      Positional.at(
              0,
              "RUNKEY",
              String.class,
              "the first digits of a result's run key; without it the last run of the repository"
                  + " that the working directory is in")
          .optional();

  /** For commands that look at failures too. */
  static final class FailureOptions implements SyntaxPart {

    private final Option<Boolean> failed =
        Option.flag("--failed", "the repository's last run that did not pass");

    boolean isWanted() {
      return failed.value();
    }

    @Override
    public void addTo(Syntax command) {
      command.takes(failed);
    }
  }

  /** A result alone. */
  StoredRun.Result result(CallContext call, Store store) throws Exception {
    if (prefix.given().isPresent()) {
      return named(store);
    }
    return lastResult(store, RunTarget.repo(call))
        .map(listed -> new StoredRun.Result(listed.key(), listed.entry()))
        .orElseThrow(() -> none("no result of this repository is kept here"));
  }

  /** The last run that passed or not, unless the command line says which. */
  StoredRun find(CallContext call, Store store, FailureOptions which) throws Exception {
    if (prefix.given().isPresent()) {
      return named(store);
    }
    RepoId repo = RunTarget.repo(call);
    Optional<RunLogs.FailureLog> failure = store.logs().lastFailed(RepoOwner.here(call));
    if (which.isWanted()) {
      return failure
          .map(StoredRun.Failure::new)
          .orElseThrow(() -> none("no run of this repository that did not pass is kept here"));
    }
    Optional<ListedEntry> result = lastResult(store, repo);
    if (failure.isPresent()
        && result.filter(one -> one.kept().isAfter(failure.get().run().endedAt())).isEmpty()) {
      return new StoredRun.Failure(failure.get());
    }
    return result
        .<StoredRun>map(listed -> new StoredRun.Result(listed.key(), listed.entry()))
        .orElseThrow(() -> none("no run of this repository is kept here"));
  }

  private StoredRun.Result named(Store store) throws Exception {
    Map.Entry<RunKey, StoredEntry> found = Results.find(store, prefix.value());
    return new StoredRun.Result(found.getKey(), found.getValue());
  }

  private static Optional<ListedEntry> lastResult(Store store, RepoId repo) throws Exception {
    List<ListedEntry> listed = store.entries().list(repo);
    return listed.stream().findFirst();
  }

  private static CommandException none(String message) {
    return new CommandException(
        ExitCode.NO_RESULT,
        message,
        "`peer run` makes one, `peer replay` gets a result where a peer holds it");
  }

  @Override
  public void addTo(Syntax command) {
    command.takes(prefix);
  }
}
