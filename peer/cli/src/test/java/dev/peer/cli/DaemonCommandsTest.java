package dev.peer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.daemon.socket.CommandRequest;
import dev.peer.daemon.socket.Surroundings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DaemonCommandsTest {

  private static final String INSTALLATION = "/opt/peer 1:2 3";

  private final DaemonCommands commands =
      new DaemonCommands(
          Optional.of(INSTALLATION), Map.of("HOME", "/home/me", "NO_PROXY", "localhost"));
  private String surroundings;

  @BeforeEach
  void here() throws Exception {
    surroundings = Surroundings.ofProcess().orElseThrow();
  }

  private boolean takes(String installation, String around, String command, String... variables) {
    Map<String, Optional<String>> all = new HashMap<>();
    all.put("HOME", Optional.of("/home/me"));
    all.put("NO_PROXY", Optional.of("localhost"));
    for (int i = 0; i < variables.length; i += 2) {
      all.put(variables[i], Optional.ofNullable(variables[i + 1]));
    }
    return commands.takes(
        new CommandRequest(
            installation,
            around,
            Path.of("/work"),
            new CommandRequest.Screen(1, false, false, 0),
            command.isEmpty() ? List.of() : List.of(command),
            all));
  }

  private boolean takesWith(String... variables) {
    return takes(INSTALLATION, surroundings, "log", variables);
  }

  @Test
  void takesReadingCommandsOfTheSameInstallationAndSurroundings() {
    for (String command : List.of("run", "replay", "explain", "ls", "show", "log", "artifacts")) {
      assertThat(takes(INSTALLATION, surroundings, command)).as(command).isTrue();
    }
    for (String command : List.of("", "secret", "daemon", "import", "push", "--version", "Log")) {
      assertThat(takes(INSTALLATION, surroundings, command)).as(command).isFalse();
    }
    assertThat(takes("/opt/peer 1:2 4", surroundings, "log")).isFalse();
    assertThat(takes(INSTALLATION, surroundings.replace("Uid:", "Uid:\t1"), "log")).isFalse();
    assertThat(takes(INSTALLATION, "", "log")).isFalse();
    assertThat(surroundings)
        .containsPattern("(?m)^Umask:\t0")
        .containsPattern("(?m)^Groups:")
        .containsPattern("(?m)^CapEff:")
        .containsPattern("(?m)^mnt:\\[\\d+]$");
  }

  @Test
  void declinesWhatIsOtherwiseInItsOwnProcess() {
    assertThat(takesWith("HOME", "/home/you")).isFalse();
    assertThat(takesWith("HOME", null)).isFalse();
    assertThat(takesWith("XDG_CONFIG_HOME", "/home/me/etc")).isFalse();
    assertThat(takesWith("https_proxy", "http://proxy:1")).isFalse();
    assertThat(takesWith("https_proxy", null)).isFalse();
    assertThat(takesWith("NO_PROXY", "")).isFalse();
  }

  @Test
  void takesVariablesThatDoNotMatterAndSettingsOfAllKinds() {
    assertThat(takesWith("GIT_SSL_CAINFO", null, "GIT_DIR", null, "TOKEN", null)).isTrue();
    assertThat(takesWith("PEER_CA", "/etc/ca.pem", "PEER_ALLOW_SIGN", "cn:me@x")).isTrue();
    assertThat(takesWith("PEER_CERT", "-----BEGIN CERTIFICATE-----\nx")).isTrue();
    assertThat(takesWith("PEER_REPO", "example.org/x", "PEER_ENV", "TOKEN")).isTrue();
  }

  /** The daemon has another working directory. */
  @Test
  void declinesFilesThatAreNamedByARelativePath() {
    assertThat(takesWith("PEER_CA", "ca.pem")).isFalse();
    assertThat(takesWith("PEER_CRL", "/etc/a.crl,b.crl")).isFalse();
    assertThat(takesWith("PEER_ALLOW_SIGN", "@rules")).isFalse();
    assertThat(takesWith("PEER_HOME", "home")).isFalse();
    assertThat(takesWith("PEER_HOME", "")).isTrue();
  }
}
