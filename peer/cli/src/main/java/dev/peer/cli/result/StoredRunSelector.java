package dev.peer.cli.result;

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
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which of the runs that are kept here a command is about. */
final class StoredRunSelector {

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "RUNKEY",
      description = {
        "the first digits of a result's run key; without it the last run of the repository that the"
            + " working directory is in"
      })
  private String prefix;

  /** For commands that look at failures too. */
  static final class FailureOptions {

    @Option(names = "--failed", description = "the repository's last run that did not pass")
    private boolean failed;

    boolean isWanted() {
      return failed;
    }
  }

  /** A result alone. */
  StoredRun.Result result(CallContext call, Store store) throws Exception {
    if (prefix != null) {
      return named(store);
    }
    return lastResult(store, RunTarget.repo(call))
        .map(listed -> new StoredRun.Result(listed.key(), listed.entry()))
        .orElseThrow(() -> none("no result of this repository is kept here"));
  }

  /** The last run that passed or not, unless the command line says which. */
  StoredRun find(CallContext call, Store store, FailureOptions which) throws Exception {
    if (prefix != null) {
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
    Map.Entry<RunKey, StoredEntry> found = Results.find(store, prefix);
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
}
