package dev.peer.cli.result;

import dev.peer.cli.console.Output;
import dev.peer.cli.syntax.ArgumentGroup;
import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Syntax;
import dev.peer.config.CallContext;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.id.RepoId;
import dev.peer.core.progress.TimeSpans;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.OutputSink;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.record.OutputTail;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.RunRecord;
import dev.peer.core.store.RunLogs;
import dev.peer.core.store.Store;
import dev.peer.core.store.StoredEntry;
import dev.peer.identity.Verifiers;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.report.Interruption;
import dev.peer.result.StoredRun;
import dev.peer.result.VerifiedResult;
import dev.peer.run.RepoOwner;
import dev.peer.run.Results;
import dev.peer.run.RunTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code peer log}. */
public final class LogCommand implements Callable<Integer> {

  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  private final CallContext call;
  private final Output output;
  private final Interruption interruption;

  private final StoredRunSelector kept = new StoredRunSelector();

  private final StoredRunSelector.FailureOptions failed = new StoredRunSelector.FailureOptions();

  private final Option<Boolean> raw =
      Option.flag("--raw", "show a terminal the output's bytes as they are, not colours alone");

  private final Option<Boolean> follow =
      Option.flag("--follow", "of the repository's run in progress here, until it ends");

  private final Option<Boolean> stdout = Option.flag("--stdout", "the test's stdout alone");

  private final Option<Boolean> stderr = Option.flag("--stderr", "the test's stderr alone");

  private final Option<Boolean> label =
      Option.flag("--label", "all on stdout, each line behind out| or err|");

  private final Option<Boolean> cast = Option.flag("--cast", "print an asciicast of it, version 2");

  public LogCommand(CallContext call, Output output, Interruption interruption) {
    this.call = call;
    this.output = output;
    this.interruption = interruption;
  }

  /** How it is called. */
  public Syntax syntax() {
    return Syntax.of(
            "log",
            this,
            "Show the output of a run",
            "Shows a test's stdout and stderr in their order, each on its own stream. For a run"
                + " that did not pass, also shows the output of the stages around the test.",
            "Exit code 3: the store has no such run; 5: the result does not hold; with --follow, 1:"
                + " the run did not pass.")
        .examples(
            "  peer log                           # of the last run of this repository",
            "  peer log --failed --label          # each line with its stream",
            "  peer log --follow                  # of the run in progress",
            "  peer log 3fa9 --cast >run.cast     # asciinema plays it")
        .takes(kept, failed, ArgumentGroup.exclusive(stdout, stderr, label, cast), raw, follow);
  }

  @Override
  public Integer call() throws Exception {
    Settings settings = RunTarget.settingsHere(call);
    output.warn(settings);
    PeerSettings peer = PeerSettings.of(settings);
    Store store = Results.openStore(peer.home());
    if (raw.value()) {
      output.raw();
    }
    if (follow.value()) {
      if (cast.value()) {
        throw new CommandException(
            ExitCode.USAGE, "--cast does not go with --follow", "wait for the run's end");
      }
      RepoId repo = RunTarget.repo(call);
      List<RunLogs.LiveLog> running = store.logs().running(repo);
      if (!running.isEmpty()) {
        return follow(peer, store, repo, running.getFirst());
      }
      output.say("no run of this repository is in progress here; this is the last one");
    }
    StoredRun run = kept.find(call, store, failed);
    show(peer, store, run);
    if (run instanceof StoredRun.Failure(RunLogs.FailureLog log)) {
      output.say(
          "failed "
              + TimeSpans.ago(Duration.between(log.run().endedAt(), Instant.now()))
              + ": "
              + log.run().failure().why());
    }
    return ExitCode.PASSED.number();
  }

  private void show(PeerSettings peer, Store store, StoredRun run) throws Exception {
    switch (run) {
      case StoredRun.Failure(RunLogs.FailureLog log) ->
          show(
              log.output(),
              log.run().startedAt(),
              log.run().subject().target() + " of " + log.run().subject().repo());
      case StoredRun.Result result -> {
        try (VerifiedResult opened =
            VerifiedResult.of(store, Verifiers.verifier(peer, output), result)) {
          RunRecord record = opened.verified().record();
          show(
              opened.verified().files(),
              record.startedAt(),
              record.inputs().target() + " of " + record.inputs().repo());
        }
      }
    }
  }

  private void show(RunFiles files, Instant begun, String title)
      throws IOException, CommandException {
    try {
      if (cast.value()) {
        AsciicastWriter cast = new AsciicastWriter(begun, title, output::print);
        files.replay((RunFiles.SinkAfter) cast::after);
        cast.end();
        return;
      }
      try (LogSink shown = new LogSink()) {
        files.replay(shown);
      }
    } catch (MalformedException e) {
      throw malformed(e);
    }
  }

  private int follow(PeerSettings peer, Store store, RepoId repo, RunLogs.LiveLog running)
      throws Exception {
    interruption.serving();
    try (OutputTail tail = awaitOutput(running.output());
        LogSink shown = new LogSink()) {
      while (!interruption.interrupted()) {
        boolean over = !Files.isDirectory(running.output().directory());
        if (!tail.passOn(shown) && over) {
          break;
        }
        Thread.sleep(LOOK_AGAIN);
      }
    } catch (MalformedException e) {
      throw malformed(e);
    } catch (NoSuchFileException e) {
      // It ended before its output was opened here: what is kept of it is shown.
      StoredRun run = ended(store, repo, running);
      show(peer, store, run);
      return verdict(run);
    } catch (InterruptedException e) {
      return ExitCode.PASSED.number();
    }
    return verdict(ended(store, repo, running));
  }

  private int verdict(StoredRun run) {
    return switch (run) {
      case StoredRun.Failure(RunLogs.FailureLog log) -> {
        output.say("failed: " + log.run().failure().why());
        yield ExitCode.TESTS_FAILED.number();
      }
      case StoredRun.Result _ -> {
        output.say("passed");
        yield ExitCode.PASSED.number();
      }
    };
  }

  /** The files are made a moment after their directory. */
  private static OutputTail awaitOutput(RunFiles files) throws IOException, InterruptedException {
    while (!Files.exists(files.timing()) && Files.isDirectory(files.directory())) {
      Thread.sleep(LOOK_AGAIN);
    }
    return new OutputTail(files);
  }

  /** What is kept of the run that was followed, and of none before it. */
  private StoredRun ended(Store store, RepoId repo, RunLogs.LiveLog running) throws Exception {
    Optional<RunLogs.FailureLog> failure = store.logs().lastFailed(RepoOwner.here(call));
    if (failure.isPresent()
        && failure.get().run().subject().key().equals(running.key())
        && failure.get().run().endedAt().isAfter(running.begun().toInstant())) {
      return new StoredRun.Failure(failure.get());
    }
    Optional<StoredEntry> result = store.entries().find(repo, running.key());
    if (result.isPresent()
        && Files.getLastModifiedTime(result.get().bundleFile()).compareTo(running.begun()) > 0) {
      return new StoredRun.Result(running.key(), result.get());
    }
    throw new CommandException(
        ExitCode.INFRASTRUCTURE,
        "the run ended without an outcome",
        "it was interrupted, or its machine failed; its caller knows why");
  }

  private static CommandException malformed(MalformedException e) {
    return new CommandException(
        ExitCode.NOTHING_VERIFIED,
        "the output is malformed: " + e.getMessage(),
        "`peer run --force` runs it again",
        e);
  }

  /** In the form that was asked for. */
  private final class LogSink implements OutputSink, AutoCloseable {

    private final LabelledOutput labelled = new LabelledOutput(output);

    @Override
    public void write(OutputStreamName stream, byte[] buffer, int offset, int length)
        throws IOException {
      if (label.value()) {
        labelled.write(stream, buffer, offset, length);
      } else if (stream == OutputStreamName.STDOUT ? !stderr.value() : !stdout.value()) {
        output.write(stream, buffer, offset, length);
      }
    }

    @Override
    public void close() throws IOException {
      labelled.end();
    }
  }
}
