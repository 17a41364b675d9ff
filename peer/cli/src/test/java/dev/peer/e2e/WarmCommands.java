package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The same command as a daemon does it, and as a process of its own does. */
final class WarmCommands {

  /** A Java runtime that starts says so on stderr. */
  private static final String MARK = "JAVA_TOOL_OPTIONS";

  private static final String STARTED = "Picked up " + MARK + ": [^\n]*\n";

  private final Team team;

  WarmCommands(Team team) {
    this.team = team;
  }

  /** Starts the installed command, and has a Java runtime show itself. */
  Run start(Peer peer, Path directory, String... arguments) throws IOException {
    return peer.with(MARK, "-Dpeer.warm=no").start(directory, arguments);
  }

  /** Starts it without what could have a daemon do it. */
  Run startCold(Peer peer, Path directory, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(cold()));
    command.addAll(List.of(arguments));
    return team.start(directory, peer.with(MARK, "-Dpeer.warm=no").environment(), command);
  }

  static String cold() {
    return Dist.home().resolve("lib/peer.sh").toString();
  }

  /** Runs a line of a shell in which {@code $peer} is the command. */
  Run shell(Peer peer, Path directory, String command, String line) throws Exception {
    Map<String, String> environment =
        peer.with("PATH", System.getenv("PATH"))
            .with(MARK, "-Dpeer.warm=no")
            .with("peer", command)
            .environment();
    return team.start(directory, environment, List.of("bash", "-c", line)).await();
  }

  static boolean startedJava(Run run) {
    return run.stderr().matches("(?s).*" + STARTED + ".*");
  }

  /** Asserts that the two say the same and end the same, and that the first starts no runtime. */
  static void assertSame(String what, Run warm, Run cold) {
    assertThat(startedJava(warm)).as(what + " starts a runtime: " + warm.stderr()).isFalse();
    assertThat(startedJava(cold)).as(what + " of its own process").isTrue();
    assertSameAnswer(what, warm, cold);
  }

  static void assertSameAnswer(String what, Run one, Run other) {
    assertThat(lasting(one.stderr())).as(what).isEqualTo(lasting(other.stderr()));
    assertThat(lasting(one.stdout())).as(what).isEqualTo(lasting(other.stdout()));
    assertThat(one.exitCode()).as(what).isEqualTo(other.exitCode());
  }

  /** Without times and what is made anew each time. */
  private static String lasting(String text) {
    return text.replaceAll(STARTED, "")
        .replaceAll("\\d+[.]\\d+ s|\\d+ (s|min) ago", "TIME")
        .replaceAll("\"[a-zA-Z]*[mM]illiseconds\":\\d+", "TIME")
        .replaceAll("\"(trace|time)\":\"[^\"]*\"", "NEW");
  }
}
