package dev.peer.cli;

import dev.peer.cli.console.Output;
import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.config.Setting;
import dev.peer.config.UserFile;
import dev.peer.daemon.socket.CommandCaller;
import dev.peer.daemon.socket.CommandHandler;
import dev.peer.daemon.socket.CommandRequest;
import dev.peer.daemon.socket.Surroundings;
import dev.peer.report.ExitCode;
import dev.peer.report.Interruption;
import dev.peer.source.command.CallerEnvironment;
import dev.peer.terminal.StatusLine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Commands that a daemon does for callers, in its process, which is warm. It does what the caller's
 * own process would, with the caller's settings; where the two could differ, it declines.
 */
final class DaemonCommands implements CommandHandler {

  /**
   * Those that read; {@code run} hands over what it does not find. {@code conversation.c} has them
   * too.
   */
  private static final Set<String> NAMES =
      Set.of("run", "replay", "explain", "ls", "show", "log", "artifacts");

  /**
   * What is the same for all in a process: where git and the libraries look for the user's files,
   * and how it gets out.
   */
  private static final Set<String> OF_PROCESS =
      Set.of("HOME", "XDG_CONFIG_HOME", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy");

  private static final int MOST_AT_ONCE = 32;

  private final Optional<String> installation;
  private final Map<String, String> environment;
  private final Semaphore places = new Semaphore(MOST_AT_ONCE);

  /** Those of the process's own installation. */
  DaemonCommands() {
    this(installationOfProcess(), System.getenv());
  }

  /**
   * For tests.
   *
   * @param environment of the process
   */
  DaemonCommands(Optional<String> installation, Map<String, String> environment) {
    this.installation = installation;
    this.environment = Map.copyOf(environment);
  }

  /** Whether a daemon could do this command, if one ran. */
  static boolean wouldTake(String... arguments) {
    return arguments.length > 0
        && NAMES.contains(arguments[0])
        && !List.of(arguments).contains("--no-daemon");
  }

  private static Optional<String> installationOfProcess() {
    try {
      String dist = System.getProperty("peer.dist");
      return dist == null
          ? Optional.empty()
          : Optional.of(Surroundings.installation(Path.of(dist)));
    } catch (IOException e) {
      // Without an installation there is no caller of the same.
      return Optional.empty();
    }
  }

  @Override
  public boolean takes(CommandRequest request) {
    return !request.arguments().isEmpty()
        && NAMES.contains(request.arguments().getFirst())
        && installation.filter(request.installation()::equals).isPresent()
        && isHere(request.surroundings())
        && OF_PROCESS.stream().allMatch(name -> isSame(name, request.variables()))
        && request.variables().entrySet().stream().noneMatch(DaemonCommands::isRelative);
  }

  private static boolean isHere(String surroundings) {
    try {
      return Surroundings.ofProcess().filter(surroundings::equals).isPresent();
    } catch (IOException e) {
      return false;
    }
  }

  private boolean isSame(String name, Map<String, Optional<String>> variables) {
    Optional<String> own = Optional.ofNullable(environment.get(name));
    return variables.containsKey(name)
        ? own.isPresent() && own.equals(variables.get(name))
        : own.isEmpty();
  }

  /** Whether the variable names a file that the daemon would look for elsewhere. */
  private static boolean isRelative(Map.Entry<String, Optional<String>> variable) {
    return Setting.named(variable.getKey())
        .flatMap(setting -> variable.getValue().map(setting::isRelative))
        .orElse(false);
  }

  @Override
  public OptionalInt run(CommandRequest request, CommandCaller caller) {
    if (!places.tryAcquire()) {
      return OptionalInt.empty();
    }
    try {
      CallContext call =
          new CallContext(request.directory(), UserFile.layered(caller.variables()), false);
      return CallerEnvironment.with(caller.variables(), () -> runHere(call, request, caller));
    } catch (ConfigException e) {
      // The caller's own process says what is wrong with the user's file.
      return OptionalInt.empty();
    } finally {
      places.release();
    }
  }

  private static OptionalInt runHere(
      CallContext call, CommandRequest request, CommandCaller caller) {
    Output output = output(request.screen(), caller);
    Interruption interruption = Interruption.ofThread();
    AtomicInteger signal = new AtomicInteger();
    caller.onSignal(
        number -> {
          signal.set(number);
          interruption.end();
        });
    int exitCode = Main.run(call, output, interruption, request.arguments().toArray(String[]::new));
    output.end();
    if (exitCode == Main.OWN_PROCESS) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(
        signal.get() == 0
            ? exitCode
            : interruption.exitCode(ExitCode.PASSED.number(), signal.get()));
  }

  private static Output output(CommandRequest.Screen screen, CommandCaller caller) {
    return new Output(
        caller.stdout(),
        screen.stdout(),
        caller.stderr(),
        screen.stderr(),
        StatusLine.isFor(caller.variables())
            ? Optional.of(stderr -> StatusLine.ofOther(screen.process(), caller::columns, stderr))
            : Optional.empty());
  }
}
