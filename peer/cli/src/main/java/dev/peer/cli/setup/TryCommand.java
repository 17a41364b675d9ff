package dev.peer.cli.setup;

import dev.peer.cli.console.Output;
import dev.peer.cli.syntax.Positional;
import dev.peer.cli.syntax.Syntax;
import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.config.Setting;
import dev.peer.config.Settings;
import dev.peer.core.id.Architecture;
import dev.peer.core.id.RepoId;
import dev.peer.home.HomeLayout;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.report.Interruption;
import dev.peer.run.RunTarget;
import dev.peer.source.BorrowingRepository;
import dev.peer.source.GitRepository;
import dev.peer.source.Revision;
import dev.peer.source.SourceException;
import dev.peer.vm.image.GuestImage;
import dev.peer.vm.qemu.Qemu;
import dev.peer.vm.qemu.QemuException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;

/** {@code peer try}. */
public final class TryCommand implements Callable<Integer> {

  private static final String MKFILE = "mkfile";
  private static final String COMMIT = " && git commit -m 'Run the tests with peer'";
  private static final double NANOS_PER_SECOND = 1e9;

  private final CallContext call;
  private final Output output;
  private final Interruption interruption;
  private final CommandRunner commands;

  private final Positional<String> target =
      Positional.at(0, "<target>", String.class, "mk target (default: ${DEFAULT-VALUE})")
          .byDefault("test");

  public TryCommand(
      CallContext call, Output output, Interruption interruption, CommandRunner commands) {
    this.call = call;
    this.output = output;
    this.interruption = interruption;
    this.commands = commands;
  }

  /** How it is called. */
  public Syntax syntax() {
    return Syntax.of(
            "try",
            this,
            "Run and replay this repository as two trial peers",
            "Runs the tests of HEAD in a sealed machine as one peer, and replays the result as"
                + " another. Makes both, their certificates and a rendezvous on 127.0.0.1, and"
                + " removes them at the end. Asks nothing, and leaves the repository as it is.",
            "If HEAD has no mkfile, takes that of the work tree, else the one that `peer init`"
                + " writes. Uses the pinned guest image, and pulls it from your rendezvous if it is"
                + " not here; else the newest one here, else builds one. The image and the template"
                + " of its machine stay for your runs.",
            "The exit code is that of the run; if it passes, that of the replay.")
        .examples("  peer try", "  peer try lint                      # another target")
        .takes(target);
  }

  @Override
  public Integer call() throws Exception {
    output.showProgress();
    output.step("settings");
    requireQemu();
    try (GitRepository git = GitRepository.open(call.directory(), call.environment())) {
      Revision head = git.resolve(GitRepository.DEFAULT_REVISION);
      Settings settings = RunTarget.settings(call.environment(), git, head);
      output.warn(settings);
      Optional<Addition> addition =
          RunTarget.hasMkfile(git, head) ? Optional.empty() : Optional.of(mkfile(git.workTree()));
      GuestImage image = new TrialImage(settings, output).get();
      HomeLayout home = new HomeLayout(PeerSettings.home(settings));
      try (Trial trial = Trial.begin(home.trials(), output)) {
        CallContext from = call;
        if (addition.isPresent()) {
          Path copy = trial.directory().resolve("repository");
          BorrowingRepository.make(git, head, MKFILE, addition.get().mkfile(), copy);
          from = inCopy(copy, repo(settings, git));
        }
        return run(
            trial.runner(from, image, home),
            trial.replayer(from, image),
            addition.map(Addition::commit));
      }
    }
  }

  private void requireQemu() throws CommandException {
    try {
      Qemu.find(Architecture.AMD64, call.environment());
    } catch (QemuException e) {
      throw new CommandException(ExitCode.INFRASTRUCTURE, e.getMessage(), e.hint(), e);
    }
  }

  /**
   * What HEAD lacks.
   *
   * @param commit the commands after which it has that
   */
  private record Addition(byte[] mkfile, String commit) {}

  private Addition mkfile(Path root) throws IOException, CommandException {
    Path own = root.resolve(MKFILE);
    if (Files.exists(own)) {
      output.say("HEAD has no mkfile: the trial adds that of the work tree to a copy");
      return new Addition(Files.readAllBytes(own), "git add -f mkfile" + COMMIT);
    }
    ProjectFiles seen = ProjectFiles.of(root);
    ProjectKind kind = InitCommand.recognize(seen, output, "`peer init --kind` writes another");
    Recipe recipe = kind.recipe(seen);
    output.say(
        "HEAD has no mkfile: the trial adds the one that `peer init` writes for "
            + kind
            + " to a copy");
    if (!recipe.remark().isEmpty()) {
      output.say("note: " + recipe.remark());
    }
    return new Addition(
        recipe.mkfile().getBytes(StandardCharsets.UTF_8),
        "peer init && git add -f .env mkfile" + COMMIT);
  }

  /** The name for a copy, which has no remotes. */
  private static String repo(Settings settings, GitRepository git)
      throws ConfigException, SourceException {
    Optional<RepoId> named = PeerSettings.repo(settings);
    return (named.isPresent() ? named : git.names().shared()).map(RepoId::text).orElse("try");
  }

  /** The caller's variables lead to the repository that was copied. */
  private CallContext inCopy(Path copy, String repo) {
    Map<String, String> environment = new LinkedHashMap<>(call.environment());
    environment.keySet().removeIf(name -> name.startsWith("GIT_"));
    environment.put(Setting.PEER_REPO.name(), repo);
    return new CallContext(copy, environment);
  }

  private int run(CallContext runner, CallContext replayer, Optional<String> commit) {
    output.say("one peer: peer run " + target.value());
    long begun = System.nanoTime();
    Replay replay = new Replay(replayer, begun, commit);
    int ran =
        commands.run(
            runner,
            output,
            interruption.insteadOfWaiting(replay),
            "run",
            "--no-daemon",
            target.value());
    if (replay.exitCode.isPresent()) {
      return replay.exitCode.getAsInt();
    }
    if (ran == ExitCode.TESTS_FAILED.number()) {
      output.error(
          "there is nothing to replay: peer signs and shares only what passed",
          "see the output above, and the mkfile (`peer init` writes one to edit); then `peer try`"
              + " again");
    }
    return ran == ExitCode.PASSED.number() ? ExitCode.INTERRUPTED.number() : ran;
  }

  private static List<String> forTeam(Optional<String> commit) {
    return List.of(
        "to do this as a team (certificates of your own PKI do as well):",
        "  peer-pki init --dir pki && peer-pki issue meet --dir pki --server && peer-pki issue me"
            + " --dir pki",
        "  PEER_CA=pki/ca.pem PEER_CERT=pki/meet.pem PEER_KEY=pki/meet-key.pem peer rendezvous"
            + " --listen 0.0.0.0:7443",
        "  peer join https://HOST:7443 --ca pki/ca.pem --cert pki/me.pem --key pki/me-key.pem",
        "  " + commit.map(first -> first + " && ").orElse("") + "peer run");
  }

  /** What the second peer does while the first one serves. */
  private final class Replay implements Runnable {

    private final CallContext peer;
    private final long begun;
    private final Optional<String> commit;
    private OptionalInt exitCode = OptionalInt.empty();

    Replay(CallContext peer, long begun, Optional<String> commit) {
      this.peer = peer;
      this.begun = begun;
      this.commit = commit;
    }

    @Override
    public void run() {
      long served = System.nanoTime();
      output.say("another peer, which has no result yet: peer replay " + target.value());
      int replayed = commands.run(peer, output, interruption, "replay", target.value());
      exitCode = OptionalInt.of(replayed);
      if (replayed == ExitCode.PASSED.number()) {
        output.say(
            String.format(
                Locale.ROOT,
                "run: %.1f s; replay: %.1f s, the same output, every byte verified",
                (served - begun) / NANOS_PER_SECOND,
                (System.nanoTime() - served) / NANOS_PER_SECOND));
        forTeam(commit).forEach(output::say);
      }
    }
  }
}
