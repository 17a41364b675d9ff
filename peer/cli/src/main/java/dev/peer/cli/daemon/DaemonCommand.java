package dev.peer.cli.daemon;

import dev.peer.cli.console.LogOptions;
import dev.peer.cli.console.Output;
import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Syntax;
import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.openssl.OpenSsl;
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
import dev.peer.report.Version;
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

/** {@code peer daemon}. */
public final class DaemonCommand implements Callable<Integer> {

  /** More than a daemon takes to clean up. */
  private static final Duration END_TIME = Duration.ofSeconds(40);

  private final CallContext call;
  private final Output output;
  private final Interruption interruption;
  private final Supplier<CommandHandler> commands;

  private final DaemonOptions options = new DaemonOptions();

  private final List<String> words;

  /**
   * For one call.
   *
   * @param commands makes what does other commands in this process
   * @param words of the command line
   */
  public DaemonCommand(
      CallContext call,
      Output output,
      Interruption interruption,
      Supplier<CommandHandler> commands,
      List<String> words) {
    this.call = call;
    this.commands = commands;
    this.words = words;
    this.output = output;
    this.interruption = interruption;
  }

  /** How it is called. */
  public Syntax syntax() {
    return Syntax.of(
            "daemon",
            this,
            "Run one queue for this machine; keep and serve its results",
            "Runs what `peer run` hands over, several runs at once. Serves and announces all"
                + " results in this store until SIGINT or SIGTERM, and removes old ones (PEER_KEEP,"
                + " PEER_KEEP_FOR, PEER_KEEP_BYTES).",
            "With --mirror, keeps copies of what others announce, and takes results from `peer"
                + " push`; with --runtimes, of prepared runtimes too. With --watch, runs each new"
                + " commit of a repository, and what its crontab says.")
        .examples(
            "  peer daemon start                  # in the background; `peer run` uses it",
            "  peer daemon --jobs 2               # in the foreground",
            "  peer daemon --mirror github.com/team/x github.com/team/y",
            "  peer daemon --mirror github.com/team/x --runtimes",
            "  peer daemon --watch ~/src/x")
        .takes(options)
        .below(startSyntax(), statusSyntax(), stopSyntax());
  }

  @Override
  public Integer call() throws Exception {
    Settings settings = call.settings();
    output.warn(settings);
    if (PeerSettings.openSsl(settings)) {
      // Its first commands come before Java's own digests and ciphers are compiled.
      OpenSsl.useForAll();
    }
    Daemon daemon = new Daemon(options.plan(), settings, commands.get(), output, interruption);
    try (LogOptions.OpenLog log = options.logging().open(output)) {
      daemon.serve(log);
    }
    return ExitCode.PASSED.number();
  }

  private Syntax startSyntax() {
    DaemonOptions background = new DaemonOptions();
    return Syntax.of(
            "start",
            () -> start(background),
            "Start the daemon in the background",
            "Returns when the daemon is ready. Its messages go to PEER_HOME/daemon/log.")
        .examples("  peer daemon start", "  peer daemon start --jobs 2")
        .takes(background);
  }

  private int start(DaemonOptions background) throws Exception {
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
    command.addAll(words);
    command.remove(command.indexOf("start"));
    return command;
  }

  private Syntax stopSyntax() {
    return Syntax.of(
            "stop",
            this::stop,
            "Stop the daemon",
            "Returns when the daemon has ended. It interrupts its runs; they stay in its queue"
                + " with all that wait, until you start it again.")
        .examples("  peer daemon stop");
  }

  private int stop() throws Exception {
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

  private Syntax statusSyntax() {
    Option<Boolean> json = Option.flag("--json", "print JSON");
    return Syntax.of(
            "status",
            () -> status(json.value()),
            "Show what the daemon runs, what waits, and what ended last",
            "Exit code 3: no daemon runs.")
        .examples("  peer daemon status", "  peer daemon status --json")
        .takes(json);
  }

  private int status(boolean json) throws Exception {
    Path home = home();
    Optional<DaemonFile> daemon = running(home);
    if (daemon.isEmpty()) {
      print(DaemonStatus.ofNone(home, RunQueue.left(new HomeLayout(home).queue())), json);
      return ExitCode.NO_RESULT.number();
    }
    requireSameVersion(daemon.get());
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

  /** A daemon that runs on after an upgrade has a status of its own version. */
  private static void requireSameVersion(DaemonFile daemon) throws CommandException {
    if (!daemon.version().equals(Version.text())) {
      throw new CommandException(
          ExitCode.INFRASTRUCTURE,
          "the daemon is of version "
              + daemon.version()
              + ", this is "
              + Version.text()
              + ": process "
              + daemon.pid(),
          "replace it: peer daemon stop && peer daemon start");
    }
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
    return DaemonFile.ofRunning(new HomeLayout(home).daemon());
  }
}
