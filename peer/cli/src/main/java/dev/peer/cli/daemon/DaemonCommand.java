package dev.peer.cli.daemon;

import dev.peer.cli.console.LogOptions;
import dev.peer.cli.console.Output;
import dev.peer.cli.option.HelpText;
import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.record.MalformedException;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.daemon.RunQueue;
import dev.peer.daemon.socket.BackgroundProcess;
import dev.peer.daemon.socket.CommandHandler;
import dev.peer.daemon.socket.DaemonConnection;
import dev.peer.daemon.socket.DaemonFile;
import dev.peer.daemonhost.Daemon;
import dev.peer.daemonhost.DaemonEnvironment;
import dev.peer.daemonhost.DaemonPlan;
import dev.peer.daemonhost.DaemonStatus;
import dev.peer.home.HomeLayout;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.report.Interruption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code peer daemon}. */
@Command(
    name = "daemon",
    description = {
      "Run one queue for this machine; keep and serve its results",
      "Runs what `peer run` hands over, several runs at once. Serves and announces all results"
          + " in this store until SIGINT or SIGTERM, and removes old ones (PEER_KEEP,"
          + " PEER_KEEP_FOR, PEER_KEEP_BYTES).",
      "With --mirror, keeps copies of what others announce, and takes results from `peer"
          + " push`. With --watch, runs each new commit of a repository, and what its crontab"
          + " says."
    },
    mixinStandardHelpOptions = true,
    footerHeading = HelpText.EXAMPLES,
    footer = {
      "  peer daemon start                  # in the background; `peer run` uses it",
      "  peer daemon --jobs 2               # in the foreground",
      "  peer daemon --mirror github.com/team/x github.com/team/y",
      "  peer daemon --watch ~/src/x"
    })
public final class DaemonCommand implements Callable<Integer> {

  /** More than a daemon takes to clean up. */
  private static final Duration END_TIME = Duration.ofSeconds(40);

  private final CallContext call;
  private final Output output;
  private final Interruption interruption;
  private final Supplier<CommandHandler> commands;

  @Mixin private DaemonOptions options;

  @Spec private CommandSpec spec;

  /**
   * For one call.
   *
   * @param commands makes what does other commands in this process
   */
  public DaemonCommand(
      CallContext call,
      Output output,
      Interruption interruption,
      Supplier<CommandHandler> commands) {
    this.call = call;
    this.commands = commands;
    this.output = output;
    this.interruption = interruption;
  }

  @Override
  public Integer call() throws Exception {
    Settings settings = call.settings();
    output.warn(settings);
    Daemon daemon = new Daemon(options.plan(), settings, commands.get(), output, interruption);
    try (LogOptions.OpenLog log = options.logging().open(output)) {
      daemon.serve(log);
    }
    return ExitCode.PASSED.number();
  }

  @Command(
      name = "start",
      description = {
        "Start the daemon in the background",
        "Returns when the daemon is ready. Its messages go to PEER_HOME/daemon/log."
      },
      mixinStandardHelpOptions = true,
      footerHeading = HelpText.EXAMPLES,
      footer = {"  peer daemon start", "  peer daemon start --jobs 2"})
  int start(@Mixin DaemonOptions background) throws Exception {
    PeerSettings peer = PeerSettings.of(call.settings());
    DaemonPlan plan = background.plan();
    plan.requireUsable(peer);
    HomeLayout layout = new HomeLayout(peer.home());
    Path directory = layout.daemon();
    ScratchDirectory.createPrivate(directory);
    DaemonFile.requireOurs(directory);
    Optional<DaemonFile> other = running(peer.home());
    if (other.isPresent()) {
      throw new CommandException(
          ExitCode.INFRASTRUCTURE,
          "a daemon already runs for " + peer.home() + ": process " + other.get().pid(),
          "`peer daemon stop` ends it");
    }
    Path log = layout.daemonLog();
    BackgroundProcess started =
        BackgroundProcess.start(foreground(), DaemonEnvironment.of(call, plan.watched()), log);
    Optional<DaemonFile> ready;
    try {
      ready = started.awaitDaemon(directory);
    } catch (InterruptedException e) {
      started.end();
      throw e;
    }
    if (ready.isEmpty()) {
      started.said().forEach(line -> output.say(line.replaceFirst("^peer: ", "")));
      return started.exitCode();
    }
    output.say("the daemon runs: process " + ready.get().pid() + ", log " + log);
    return ExitCode.PASSED.number();
  }

  /** This command line, without the word that has it go to the background. */
  private List<String> foreground() throws CommandException {
    String dist = System.getProperty("peer.dist");
    if (dist == null) {
      throw new CommandException(
          ExitCode.INFRASTRUCTURE,
          "the installation of this command is unknown",
          "start it by the `peer` of a build (peer/cli/target/dist/bin)");
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(dist, "lib", "peer.sh").toString());
    command.addAll(spec.root().commandLine().getParseResult().originalArgs());
    command.remove(command.indexOf("start"));
    return command;
  }

  @Command(
      name = "stop",
      description = {
        "Stop the daemon",
        "Returns when the daemon has ended. It interrupts its runs; they stay in its queue"
            + " with all that wait, until you start it again."
      },
      mixinStandardHelpOptions = true,
      footerHeading = HelpText.EXAMPLES,
      footer = {"  peer daemon stop"})
  int stop() throws Exception {
    Path home = home();
    Optional<DaemonFile> daemon = running(home);
    if (daemon.isEmpty()) {
      output.say("no daemon runs for " + home);
      return ExitCode.PASSED.number();
    }
    ProcessHandle process = daemon.get().process().orElseThrow();
    process.destroy();
    try {
      process.onExit().get(END_TIME.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new CommandException(
          ExitCode.INFRASTRUCTURE,
          "the daemon does not end: process " + process.pid(),
          "its log is "
              + new HomeLayout(home).daemonLog()
              + "; `kill -9` loses nothing of its queue",
          e);
    }
    output.say("the daemon has ended: process " + process.pid());
    return ExitCode.PASSED.number();
  }

  @Command(
      name = "status",
      description = {
        "Show what the daemon runs, what waits, and what ended last",
        "Exit code 3: no daemon runs."
      },
      mixinStandardHelpOptions = true,
      footerHeading = HelpText.EXAMPLES,
      footer = {"  peer daemon status", "  peer daemon status --json"})
  int status(@Option(names = "--json", description = "print JSON") boolean json) throws Exception {
    Path home = home();
    Optional<DaemonFile> daemon = running(home);
    if (daemon.isEmpty()) {
      print(DaemonStatus.ofNone(home, RunQueue.left(new HomeLayout(home).queue())), json);
      return ExitCode.NO_RESULT.number();
    }
    byte[] status;
    try (DaemonConnection handover = DaemonConnection.to(daemon.get())) {
      status = handover.status();
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.INFRASTRUCTURE,
          "the daemon does not answer: process " + daemon.get().pid() + ": " + e.getMessage(),
          "its log is " + new HomeLayout(home).daemonLog(),
          e);
    }
    print(status, json);
    return ExitCode.PASSED.number();
  }

  private void print(byte[] status, boolean json) throws MalformedException {
    if (json) {
      output.print(new String(status, StandardCharsets.UTF_8));
    } else {
      DaemonStatus.print(output, status);
    }
  }

  private Path home() throws ConfigException {
    return PeerSettings.home(call.settings());
  }

  private static Optional<DaemonFile> running(Path home) throws IOException {
    return DaemonFile.read(new HomeLayout(home).daemon())
        .filter(daemon -> daemon.process().isPresent());
  }
}
