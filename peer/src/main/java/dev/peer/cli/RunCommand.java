package dev.peer.cli;

import dev.peer.config.CacheSettings;
import dev.peer.config.ConfigException;
import dev.peer.config.Settings;
import dev.peer.core.flow.Announcer;
import dev.peer.core.flow.Audit;
import dev.peer.core.flow.CacheUse;
import dev.peer.core.flow.ExecutionRequest.SourceArchive;
import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.flow.Finder;
import dev.peer.core.flow.Replayable;
import dev.peer.core.flow.RunFlow;
import dev.peer.core.flow.RunOutcome;
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
      "Replays a compatible result if a peer holds one, else runs the target in a sealed machine.",
      "Then stays connected and serves the result until SIGINT or SIGTERM."
    },
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {

  private static final Duration FOREVER = Duration.ofDays(3650);

  private final Output output;
  private final Interruption interruption;

  @Mixin private Selection selection;

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
    if (onFailure.shell) {
      VmCommand.requireTerminal("--shell");
    }
    try (Subject subject = selection.subject(output);
        Network network =
            Network.of(
                subject.peer(),
                output,
                CertificateRole.SIGNER,
                CertificateRole.CLIENT,
                CertificateRole.SERVER)) {
      Results.requireUsable(selection.artifacts());
      requireNoSecretsToFreeze(subject);
      subject.sayWhatIsIgnored(output);
      Store store = Results.openStore(subject);
      Finder finder = network.finder(store);
      VmExecutor executor = executor(subject);
      executor.setAftermath(aftermath(subject));
      RunFlow flow =
          new RunFlow(
              store,
              finder,
              executor,
              new RunSigner(network.identities().credentials()),
              network.identities().verifier(),
              output);
      SourceArchive source = source(subject);
      CacheUse caches = fresh ? CacheUse.RENEWED : CacheUse.KEPT;
      RunOutcome outcome =
          force || fresh
              ? flow.run(subject.inputs(), source, caches, output)
              : flow.findOrRun(subject.inputs(), source, caches, output);
      if (audit && outcome instanceof RunOutcome.WithResult known) {
        try (Replayable result = known.result()) {
          return audit(Audit.run(result.verified().record(), source, executor, store, output));
        }
      }
      return switch (outcome) {
        case RunOutcome.Replayed replayed -> replay(network, replayed.result());
        case RunOutcome.Ran ran -> passed(network, ran.result());
        case RunOutcome.RanUnsigned unsigned -> passedUnsigned(unsigned);
        case RunOutcome.NotPassed notPassed -> notPassed(output, notPassed.result());
      };
    }
  }

  private int replay(Network network, Replayable result) throws Exception {
    try (result) {
      Results.replay(output, result);
      return serve(network, result);
    }
  }

  private int passed(Network network, Replayable result) throws Exception {
    try (result) {
      output.say("passed in " + Results.duration(result.verified().record()));
      return serve(network, result);
    }
  }

  private int passedUnsigned(RunOutcome.RanUnsigned unsigned) {
    output.say("passed in " + Results.duration(unsigned.record()));
    output.say("the result is not kept, since others would refuse it: " + unsigned.why());
    return ExitCode.PASSED;
  }

  /** Says how a run ended that did not pass, and gives the exit code for it. */
  static int notPassed(Output output, ExecutionResult result) throws CommandException {
    return switch (result) {
      case ExecutionResult.Passed passed ->
          throw new IllegalStateException("a run that passed is signed");
      case ExecutionResult.Failed failed -> {
        output.say("failed: the stage " + failed.stage() + " ended with " + failed.exitCode());
        yield ExitCode.TESTS_FAILED;
      }
      case ExecutionResult.Refused refused ->
          throw new CommandException(ExitCode.USAGE, refused.message(), refused.hint());
      case ExecutionResult.TimedOut timedOut ->
          throw new CommandException(
              ExitCode.TIME_LIMIT,
              "the time limit of "
                  + timedOut.limit().toSeconds()
                  + " s was over in the stage "
                  + timedOut.stage(),
              "give it longer with PEER_TIMEOUT");
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

  private int serve(Network network, Replayable result) throws Exception {
    interruption.serving();
    Results.copyArtifacts(output, result, selection.artifacts());
    Optional<Announcer> announcer = network.announcer();
    if (stay.exit || announcer.isEmpty() || interruption.interrupted()) {
      return ExitCode.PASSED;
    }
    try (Announcer.Announcement _ = announcer.get().announce(result.stored())) {
      output.say("serving the result until SIGINT or SIGTERM");
      interruption.await(stay.linger);
    }
    return ExitCode.PASSED;
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
            subject.run().timeout()));
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
