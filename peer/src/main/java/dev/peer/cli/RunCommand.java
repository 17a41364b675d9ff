package dev.peer.cli;

import dev.peer.config.CacheSettings;
import dev.peer.config.ConfigException;
import dev.peer.config.Settings;
import dev.peer.core.flow.Announcer;
import dev.peer.core.flow.Audit;
import dev.peer.core.flow.CacheUse;
import dev.peer.core.flow.ExecutionRequest.SourceArchive;
import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.flow.Executor;
import dev.peer.core.flow.Finder;
import dev.peer.core.flow.Joining;
import dev.peer.core.flow.Replayable;
import dev.peer.core.flow.RunFlow;
import dev.peer.core.flow.RunOutcome;
import dev.peer.core.flow.SecretSource;
import dev.peer.core.flow.Turns;
import dev.peer.core.sign.RunSigner;
import dev.peer.core.store.Store;
import dev.peer.core.trust.CertificateRole;
import dev.peer.source.SourceException;
import dev.peer.terminal.SystemTerminal;
import dev.peer.vm.exec.Aftermath;
import dev.peer.vm.exec.Limits;
import dev.peer.vm.exec.VmExecutor;
import dev.peer.vm.image.ImageStore;
import dev.peer.vm.snapshot.CachePolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code peer run}. */
@Command(
    name = "run",
    description = {
      "Replays a compatible result if a peer holds one, follows a peer that runs the same now, else"
          + " runs the target in a sealed machine.",
      "Then stays connected and serves the result until SIGINT or SIGTERM."
    },
    mixinStandardHelpOptions = true,
    footerHeading = Main.EXAMPLES,
    footer = {
      "  peer run                           # the target test; then serve the result until Ctrl-C",
      "  peer run --exit lint               # another target; leave when there is a result",
      "  peer run --rev v1.2 --artifacts out",
      "  peer run --exit --copies 1         # leave when one other peer holds the result",
      "  peer run --shell                   # when a stage fails, a shell in the guest"
    })
final class RunCommand implements Callable<Integer> {

  private static final Duration FOREVER = Duration.ofDays(3650);

  /** For those who followed a run to fetch its result, before a command leaves. */
  private static final Duration FAREWELL = Duration.ofSeconds(10);

  private final Output output;
  private final Interruption interruption;

  @Mixin private Selection selection;

  @Mixin private Reporting reporting;

  @Mixin private Logging logging;

  @Option(names = "--force", description = "run although there is a result")
  private boolean force;

  @Option(
      names = "--fresh",
      description = "run, and begin without what is kept of the repository's earlier runs")
  private boolean fresh;

  @Option(
      names = "--audit",
      description = {
        "run once more from a boot without any cache, and compare with the result; exit 1 if the"
            + " outcome or an artifact differs"
      })
  private boolean audit;

  @Mixin private Copies copies;

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      converter = WaitConverter.class,
      description = {
        "follow a run that goes on elsewhere for so long (90s, 10m, 1h) at most, then run; 0: do"
            + " not follow any (default: PEER_TIMEOUT)"
      })
  private Duration wait;

  @ArgGroup private Stay stay = new Stay();

  @ArgGroup private OnFailure onFailure = new OnFailure();

  private static final class OnFailure {

    @Option(
        names = "--shell",
        description = "when a stage fails, open a shell in the guest as it is then")
    private boolean shell;

    @Option(names = "--freeze", description = "when a stage fails, keep the guest as it is then")
    private boolean freeze;
  }

  private static final class Stay {

    @Option(names = "--exit", description = "leave at once instead of serving the result")
    private boolean exit;

    @Option(
        names = "--linger",
        paramLabel = "DURATION",
        converter = DurationConverter.class,
        description = "serve the result for so long (90s, 10m, 1h), then leave")
    private Duration linger = FOREVER;
  }

  RunCommand(Output output, Interruption interruption) {
    this.output = output;
    this.interruption = interruption;
  }

  @Override
  public Integer call() throws Exception {
    return reporting.around(output, this::run);
  }

  private int run(RunReport report) throws Exception {
    if (onFailure.shell) {
      reporting.requireNoJson("--shell");
      VmCommand.requireTerminal("--shell");
    }
    output.step("settings");
    try (Logging.OpenLog log = logging.open(output);
        Subject subject = selection.subject(output);
        Network network =
            Network.serving(
                subject.peer(),
                output,
                log,
                CertificateRole.SIGNER,
                CertificateRole.CLIENT,
                CertificateRole.SERVER);
        Watching _ = isAnnounced(network) ? watching(network) : null) {
      Results.requireUsable(selection.artifacts());
      requireUsableCopies(network);
      requireNoSecretsToFreeze(subject);
      report.about(subject);
      subject.sayWhatIsIgnored(output);
      Store store = Results.openStore(subject);
      Finder finder = network.finder(store);
      VmExecutor machines = executor(subject);
      machines.setAftermath(aftermath(subject));
      Executor executor =
          new ImageFirst(machines, subject.images(), network.images(), System.getenv());
      RunFlow flow =
          new RunFlow(
              store,
              finder,
              executor,
              new RunSigner(network.identities()::credentials),
              network.identities().verifier(),
              network.stamper(),
              isAnnounced(network) ? network.announcer() : Optional.empty(),
              joining(network, store, subject),
              Turns.AT_ONCE,
              output);
      SourceArchive source = source(subject);
      CacheUse caches = fresh ? CacheUse.RENEWED : CacheUse.KEPT;
      SecretSource secrets = new CallersSecrets(subject, System.getenv(), output);
      RunOutcome outcome =
          force || fresh
              ? flow.run(subject.inputs(), source, caches, secrets, output)
              : flow.findOrRun(subject.inputs(), source, caches, secrets, output);
      if (audit && outcome instanceof RunOutcome.WithResult known) {
        try (Replayable result = known.result()) {
          return audit(
              Audit.run(
                  result.verified().record(), source, secrets.get(), executor, store, output));
        }
      }
      return switch (outcome) {
        case RunOutcome.Replayed replayed -> replay(network, replayed.result(), report);
        case RunOutcome.Ran ran -> passed(network, ran, report);
        case RunOutcome.RanUnsigned unsigned -> passedUnsigned(unsigned, report);
        case RunOutcome.NotPassed notPassed -> notPassed(output, notPassed.result(), report);
      };
    }
  }

  private int replay(Network network, Replayable result, RunReport report) throws Exception {
    try (result) {
      report.replayed(result);
      Results.replay(output, result);
      return serve(network, result, Optional.empty(), report);
    }
  }

  private int passed(Network network, RunOutcome.Ran ran, RunReport report) throws Exception {
    try (Replayable result = ran.result();
        Announcer.Announcement announced = ran.announced().orElse(null)) {
      report.ran(result);
      output.say("passed in " + Results.duration(result.verified().record()));
      int exitCode = serve(network, result, ran.announced(), report);
      if (stay.exit && !copies.wanted() && announced != null && !interruption.interrupted()) {
        awaitFollowers(announced);
      }
      return exitCode;
    }
  }

  private static void awaitFollowers(Announcer.Announcement announced) {
    try {
      announced.awaitFollowers(FAREWELL);
    } catch (InterruptedException e) {
      // There is a result here, whoever else has it.
      return;
    }
  }

  /** A run that may halt for its user, or that is done twice, is nobody's to follow. */
  private boolean isAnnounced(Network network) {
    return network.announcer().isPresent() && !audit && !onFailure.shell && !onFailure.freeze;
  }

  private Optional<Joining> joining(Network network, Store store, Subject subject) {
    Duration most = wait == null ? subject.run().timeout().run() : wait;
    return isAnnounced(network) && !force && !fresh && most.isPositive()
        ? Optional.of(network.joining(store, most))
        : Optional.empty();
  }

  private Watching watching(Network network) {
    return new Watching(network.identities(), interruption);
  }

  private int passedUnsigned(RunOutcome.RanUnsigned unsigned, RunReport report) {
    report.ranUnsigned(unsigned.record());
    output.say("passed in " + Results.duration(unsigned.record()));
    output.say("the result is neither kept nor announced: " + unsigned.why());
    if (selection.artifacts() != null) {
      output.say("no artifacts are copied to " + selection.artifacts());
    }
    return ExitCode.PASSED;
  }

  /** Says how a run ended that did not pass, and gives the exit code for it. */
  static int notPassed(Output output, ExecutionResult result, RunReport report)
      throws CommandException {
    return switch (result) {
      case ExecutionResult.Passed passed ->
          throw new IllegalStateException("a run that passed is signed");
      case ExecutionResult.Failed failed -> {
        report.failedIn(failed.stage(), failed.exitCode());
        output.say("failed: " + report.message());
        yield ExitCode.TESTS_FAILED;
      }
      case ExecutionResult.Refused refused -> {
        report.endedIn(refused.stage());
        throw new CommandException(ExitCode.USAGE, refused.message(), refused.hint());
      }
      case ExecutionResult.TimedOut timedOut -> {
        report.endedIn(timedOut.stage());
        throw timeOver(output, timedOut);
      }
    };
  }

  private int audit(Audit audit) {
    if (audit.differences().isEmpty()) {
      output.say("audit: a run without any cache passed too, with the same artifacts");
      return ExitCode.PASSED;
    }
    output.say("audit: a run without any cache differs");
    audit.differences().forEach(difference -> output.say("audit: " + difference));
    return ExitCode.TESTS_FAILED;
  }

  private static CommandException timeOver(Output output, ExecutionResult.TimedOut timedOut) {
    String stage = timedOut.stage();
    String seconds = timedOut.limit().toSeconds() + " s";
    if (!timedOut.lastLines().isEmpty()) {
      output.say("the stage " + stage + " printed last:");
      timedOut.lastLines().forEach(line -> output.say("| " + line));
    }
    return switch (timedOut.scope()) {
      case RUN ->
          new CommandException(
              ExitCode.TIME_LIMIT,
              "the time limit of " + seconds + " for the run was over in the stage " + stage,
              "give it longer with PEER_TIMEOUT");
      case STAGE ->
          new CommandException(
              ExitCode.TIME_LIMIT,
              "the time limit of " + seconds + " for the stage " + stage + " was over",
              "give it longer with " + stage + "=... in PEER_TIMEOUT");
    };
  }

  /**
   * Serves a result until the user has enough.
   *
   * @param announced how others know of it already, if they do
   */
  private int serve(
      Network network,
      Replayable result,
      Optional<Announcer.Announcement> announced,
      RunReport report)
      throws Exception {
    interruption.serving();
    Results.copyArtifacts(output, result, selection.artifacts());
    Optional<Announcer> announcer = network.announcer();
    boolean leaves = stay.exit && !copies.wanted();
    if (leaves || announcer.isEmpty() || interruption.interrupted()) {
      output.say(Publication.none(announcer.isEmpty()));
      return ExitCode.PASSED;
    }
    output.step("announce");
    // The run may have taken longer than the certificate lasts.
    network.identities().refresh(true);
    try (Announcer.Announcement announcement =
            announced.isPresent() ? announced.get() : announcer.get().announce(result.stored());
        Watching _ = isAnnounced(network) ? null : watching(network)) {
      announcement.awaitTold();
      output.say(network.publication(result.verified().record().inputs()));
      output.step("serve");
      if (copies.wanted()) {
        copies.await(network, result.verified().record().inputs(), output, report);
        awaitFollowers(announcement);
        return ExitCode.PASSED;
      }
      output.say("serving the result until SIGINT or SIGTERM");
      reporting.passed(output, report);
      interruption.await(stay.linger);
    }
    return ExitCode.PASSED;
  }

  private void requireUsableCopies(Network network) throws CommandException {
    copies.requireUsable(network);
    if (copies.wanted() && !stay.linger.equals(FOREVER)) {
      throw new CommandException(
          ExitCode.USAGE,
          "--copies does not go with --linger: it says when to leave",
          "say with --copies-wait how long to wait at most");
    }
  }

  private void requireNoSecretsToFreeze(Subject subject) throws CommandException {
    if (onFailure.freeze && !subject.run().secrets().isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE,
          "--freeze does not go with PEER_SECRETS: a frozen guest would keep them",
          "use --shell, or run without secrets");
    }
  }

  private Aftermath aftermath(Subject subject) {
    if (onFailure.shell) {
      return new Aftermath.Shell(SystemTerminal::open);
    }
    return onFailure.freeze
        ? new Aftermath.Freeze(VmCommand.frozen(subject.peer().home()))
        : new Aftermath.End();
  }

  /** The executor for a subject's runs. */
  static VmExecutor executor(Subject subject) throws ConfigException {
    return executor(
        subject.images(),
        subject.peer().home(),
        new Limits(
            subject.run().cpus(),
            subject.run().memory(),
            subject.run().disk(),
            subject.run().timeout().run(),
            subject.run().timeout().stages(),
            subject.run().maxOutput()));
  }

  /** An executor below a home. */
  static VmExecutor executor(ImageStore images, Path home, Limits limits) throws ConfigException {
    CacheSettings caches = CacheSettings.of(Settings.of(System.getenv()));
    return new VmExecutor(
        images,
        home.resolve("vm"),
        sockets(),
        System.getenv(),
        limits,
        new CachePolicy(caches.maxAge(), caches.maxBytes()));
  }

  /** The user's own directory for sockets, whose path is short, else one below that of all. */
  private static Path sockets() {
    String runtime = System.getenv("XDG_RUNTIME_DIR");
    return runtime != null && runtime.startsWith("/") && Files.isWritable(Path.of(runtime))
        ? Path.of(runtime, "peer")
        : Path.of(System.getProperty("java.io.tmpdir"), "peer-" + Results.user());
  }

  /** The revision as the guest gets it. */
  static SourceArchive source(Subject subject) {
    return (scratch, out) -> {
      try {
        subject.git().writeTar(subject.revision(), subject.run().checkout(), scratch, out);
      } catch (SourceException e) {
        throw new IOException(e.getMessage() + "; " + e.hint(), e);
      }
    };
  }
}
