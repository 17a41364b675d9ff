package dev.peer.daemonhost;

import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.config.RunSettings;
import dev.peer.config.Setting;
import dev.peer.config.Settings;
import dev.peer.config.TrustFingerprint;
import dev.peer.daemon.RunRequest;
import dev.peer.daemon.socket.DaemonConnection;
import dev.peer.daemon.socket.DaemonFile;
import dev.peer.daemon.socket.RequestedVariables;
import dev.peer.daemon.socket.RunSubmission;
import dev.peer.daemon.socket.SubmittedVariables;
import dev.peer.home.HomeLayout;
import dev.peer.report.ExitCode;
import dev.peer.report.RunOutput;
import dev.peer.report.Version;
import dev.peer.run.JobSummary;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Hands a run over to the daemon of the home, if there is one that runs it as this command would.
 */
public final class DaemonHandOff {

  /** A little less than the time that the command has to clean up. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(9);

  private final RunOutput output;
  private final Map<String, String> environment;

  /**
   * For one command.
   *
   * @param environment its variables
   */
  public DaemonHandOff(RunOutput output, Map<String, String> environment) {
    this.output = output;
    this.environment = Collections.unmodifiableMap(environment);
  }

  /** The outcome of the attempt to hand a run over. */
  public sealed interface Outcome {

    /**
     * It must run here.
     *
     * @param why for people, if there is a daemon; may be empty
     */
    record RunHere(String why) implements Outcome {}

    /** The daemon has done it. */
    record Done(ExitCode exitCode) implements Outcome {}

    /** The daemon ended before the run did, and has it on disk by this number. */
    record InDoubt(long id) implements Outcome {}
  }

  /**
   * Has the daemon run.
   *
   * @param request makes the request from the settings of the run
   */
  public Outcome run(
      Function<SortedMap<String, String>, RunRequest> request, boolean timings, boolean json)
      throws InterruptedException {
    try {
      Settings settings = Settings.of(environment);
      PeerSettings peer = PeerSettings.of(settings);
      Optional<DaemonFile> daemon = daemon(peer);
      if (daemon.isEmpty()) {
        return new Outcome.RunHere("");
      }
      RunSubmission ask =
          new RunSubmission(
              Version.text(),
              output.timeline().total(),
              request.apply(runSettings()),
              TrustFingerprint.of(settings),
              new RunSubmission.Display(
                  output.showsProgress(), timings, json, JobSummary.file(environment)));
      return ask(daemon.get(), ask, settings.warnings());
    } catch (ConfigException e) {
      // The run itself reports the error.
      return new Outcome.RunHere("");
    } catch (IOException e) {
      return new Outcome.RunHere(e.getMessage());
    }
  }

  private Optional<DaemonFile> daemon(PeerSettings peer) throws IOException {
    Optional<DaemonFile> found = DaemonFile.ofRunning(new HomeLayout(peer.home()).daemon());
    if (found.isPresent() && !found.get().version().equals(Version.text())) {
      throw new IOException(
          "it is of version " + found.get().version() + ", and this is " + Version.text());
    }
    return found;
  }

  private Outcome ask(DaemonFile daemon, RunSubmission ask, List<String> warnings)
      throws IOException, InterruptedException {
    try (DaemonConnection handover = DaemonConnection.to(daemon)) {
      DaemonConnection.Answer answer =
          handover.ask(
              ask,
              needed -> {
                warnings.forEach(warning -> output.say("warning: " + warning));
                return given(needed);
              },
              output::tell);
      return switch (answer) {
        case DaemonConnection.Answer.Declined(String why) -> new Outcome.RunHere(why);
        case DaemonConnection.Answer.Accepted(long id) -> await(handover, id);
      };
    }
  }

  private static Outcome await(DaemonConnection handover, long id)
      throws IOException, InterruptedException {
    OptionalInt exitCode;
    try {
      exitCode = handover.await();
    } catch (InterruptedException e) {
      exitCode = handover.leave(LAST_WORDS);
      if (exitCode.isEmpty()) {
        throw e;
      }
    }
    if (exitCode.isEmpty()) {
      return new Outcome.InDoubt(id);
    }
    // Whatever its number: a run that the daemon has done is not done again here.
    return new Outcome.Done(ExitCode.of(exitCode.getAsInt()).orElse(ExitCode.INFRASTRUCTURE));
  }

  /** The settings that belong to the run, as far as they are set here. */
  private SortedMap<String, String> runSettings() {
    return Arrays.stream(Setting.values())
        .filter(setting -> setting.handOff() == Setting.HandOff.SENT)
        .map(Setting::name)
        .filter(environment::containsKey)
        .collect(
            Collectors.toMap(Function.identity(), environment::get, (a, b) -> a, TreeMap::new));
  }

  private SubmittedVariables given(RequestedVariables needed) {
    return new SubmittedVariables(values(needed.variables()), values(needed.secrets()));
  }

  private Map<String, String> values(List<String> names) {
    return names.stream()
        .filter(name -> RunSettings.mayBePassed(name) && environment.containsKey(name))
        .distinct()
        .collect(Collectors.toMap(Function.identity(), environment::get));
  }
}
