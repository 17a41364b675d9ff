package dev.peer.cli.result;

import dev.peer.cli.console.Output;
import dev.peer.cli.option.HelpText;
import dev.peer.config.CallContext;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.OutputSink;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.record.OutputTail;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.RunRecord;
import dev.peer.core.store.FailedRun;
import dev.peer.core.store.RunLogs;
import dev.peer.core.store.Store;
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
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code peer log}. */
@Command(
    name = "log",
    description = {
      "Show the output of a run",
      "Shows a test's stdout and stderr in their order, each on its own stream. For a run that"
          + " did not pass, also shows the output of the stages around the test.",
      "Exit code 3: the store has no such run; 5: the result does not hold; with --follow, 1:"
          + " the run did not pass."
    },
    mixinStandardHelpOptions = true,
    footerHeading = HelpText.EXAMPLES,
    footer = {
      "  peer log                           # of the last run of this repository",
      "  peer log --failed --label          # each line with its stream",
      "  peer log --follow                  # of the run in progress",
      "  peer log 3fa9 --cast >run.cast     # asciinema plays it"
    })
public final class LogCommand implements Callable<Integer> {

  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  private final CallContext call;
  private final Output output;
  private final Interruption interruption;

  @Mixin private StoredRunSelector kept;

  @Mixin private StoredRunSelector.FailureOptions failed;

  @ArgGroup private Form form = new Form();

  @Option(
      names = "--raw",
      description = "show a terminal the output's bytes as they are, not colours alone")
  private boolean raw;

  @Option(
      names = "--follow",
      description = "of the repository's run in progress here, until it ends")
  private boolean follow;

  private static final class Form {

    @Option(names = "--stdout", description = "the test's stdout alone")
    private boolean stdout;

    @Option(names = "--stderr", description = "the test's stderr alone")
    private boolean stderr;

    @Option(names = "--label", description = "all on stdout, each line behind out| or err|")
    private boolean label;

    @Option(names = "--cast", description = "print an asciicast of it, version 2")
    private boolean cast;
  }

  public LogCommand(CallContext call, Output output, Interruption interruption) {
    this.call = call;
    this.output = output;
    this.interruption = interruption;
  }

  @Override
  public Integer call() throws Exception {
    Settings settings = RunTarget.settingsHere(call);
    output.warn(settings);
    PeerSettings peer = PeerSettings.of(settings);
    Store store = Results.openStore(peer.home());
    if (raw) {
      output.raw();
    }
    if (follow) {
      if (form.cast) {
        throw new CommandException(
            ExitCode.USAGE, "--cast does not go with --follow", "wait for the run's end");
      }
      RepoId repo = RunTarget.repo(call);
      List<RunLogs.LiveLog> running = store.logs().running(repo);
      if (!running.isEmpty()) {
        return follow(store, repo, running.getFirst());
      }
      output.say("no run of this repository is in progress here; this is the last one");
    }
    switch (kept.find(call, store, failed)) {
      case StoredRun.Failure(RunLogs.FailureLog log) -> {
        FailedRun run = log.run();
        show(log.output(), run.startedAt(), run.subject().target() + " of " + run.subject().repo());
        output.say(
            "failed "
                + Results.ago(Duration.between(run.endedAt(), Instant.now()))
                + ": "
                + run.failure().why());
      }
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
    return ExitCode.PASSED.number();
  }

  private void show(RunFiles files, Instant begun, String title)
      throws IOException, CommandException {
    try {
      if (form.cast) {
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

  private int follow(Store store, RepoId repo, RunLogs.LiveLog running) throws Exception {
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
      output.say("the run ended before it put anything out");
    } catch (InterruptedException e) {
      return ExitCode.PASSED.number();
    }
    return ended(store, repo, running.key());
  }

  /** The files are made a moment after their directory. */
  private static OutputTail awaitOutput(RunFiles files) throws IOException, InterruptedException {
    while (!Files.exists(files.timing()) && Files.isDirectory(files.directory())) {
      Thread.sleep(LOOK_AGAIN);
    }
    return new OutputTail(files);
  }

  private int ended(Store store, RepoId repo, RunKey key) throws Exception {
    var failure = store.logs().lastFailed(RepoOwner.here(call)).map(RunLogs.FailureLog::run);
    if (failure.isPresent() && failure.get().subject().key().equals(key)) {
      output.say("failed: " + failure.get().failure().why());
      return ExitCode.TESTS_FAILED.number();
    }
    if (store.entries().find(repo, key).isPresent()) {
      output.say("passed");
      return ExitCode.PASSED.number();
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
      if (form.label) {
        labelled.write(stream, buffer, offset, length);
      } else if (stream == OutputStreamName.STDOUT ? !form.stderr : !form.stdout) {
        output.write(stream, buffer, offset, length);
      }
    }

    @Override
    public void close() throws IOException {
      labelled.end();
    }
  }
}
