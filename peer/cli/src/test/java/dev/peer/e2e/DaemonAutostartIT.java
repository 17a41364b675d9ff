package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A daemon that a command starts, and that ends by itself; and whose it is. */
@Timeout(600)
class DaemonAutostartIT {

  private static final String OUTPUT = "what the tests wrote\n";
  private static final String STARTS = "peer: a daemon starts, for later commands; it ends after ";

  private static final List<String> NOBODY =
      List.of("/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");

  private static final String CALL =
      "$s = IO::Socket::UNIX->new(Peer => shift) or die $!; print qq(called\\n); print <$s>";

  private Team team;
  private Peer laptop;
  private Repository repository;
  private WarmCommands commands;

  @BeforeEach
  void makeResult() throws Exception {
    team = Team.create();
    laptop = team.peer("laptop").withoutQemu();
    repository = SignedResult.of(team, laptop, OUTPUT, "").repository();
    laptop = laptop.with("PATH", System.getenv("PATH")).without("XDG_RUNTIME_DIR");
    commands = new WarmCommands(team);
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    laptop.run(team.root(), "daemon", "stop").hasExitCode(0);
    team.close();
  }

  @Test
  void aCommandStartsADaemonThatEndsAfterATimeWithoutWork() throws Exception {
    assertThat(laptop.run(repository, "log").hasExitCode(0).stderr()).isEmpty();
    laptop.with("PEER_AUTOSTART", "soon").run(repository, "log").refuses(2, "not a time");
    laptop
        .with("PEER_AUTOSTART", "2h")
        .run(repository, "run", "--no-daemon", "--exit")
        .hasExitCode(0);
    assertThat(laptop.home().resolve("daemon/log")).doesNotExist();

    Run first = laptop.with("PEER_AUTOSTART", "1s").run(repository, "log").hasExitCode(0);

    assertThat(first.stdout()).isEqualTo(OUTPUT);
    assertThat(first.stderr()).isEqualTo(STARTS + "1 s without work\n");
    awaitInLog("peer: no work for 1 s: the daemon ends");
    awaitNoDaemon();
    assertThat(Files.readString(laptop.home().resolve("daemon/log"))).contains("takes runs, ");
  }

  @Test
  void laterCommandsAreItsWorkAndNobodyElseIsAnswered() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root becomes another user");
    Peer asking = laptop.with("PEER_AUTOSTART", "1h");
    assertThat(asking.run(repository, "ls").hasExitCode(0).stderr()).contains(STARTS + "3600 s");
    awaitInLog("peer: takes runs, ");

    Run warm = commands.start(asking, repository.directory(), "log").await().hasExitCode(0);
    assertThat(WarmCommands.startedJava(warm)).isFalse();
    assertThat(warm.stdout()).isEqualTo(OUTPUT);
    assertThat(asking.run(team.root(), "daemon", "status").hasExitCode(0).stdout())
        .contains("ends after 3600 s without work; the last was ");
    JsonNode status =
        new ObjectMapper().readTree(asking.run(team.root(), "daemon", "status", "--json").stdout());
    assertThat(status.path("endsAfterIdleSeconds").intValue()).isEqualTo(3600);

    Path socket =
        Path.of(
            new ObjectMapper()
                .readTree(laptop.home().resolve("daemon/daemon.json").toFile())
                .path("socket")
                .asText());
    Map<Path, Set<PosixFilePermission>> before = letAllIn(socket);
    try {
      Peer nobody = asking.in(NOBODY);
      Run other = commands.start(nobody, Path.of("/"), "ls").await();
      assertThat(WarmCommands.startedJava(other)).as(other.stderr()).isTrue();
      assertThat(log()).doesNotContain("another user");
      List<String> pastTheClient = new ArrayList<>(NOBODY);
      pastTheClient.addAll(List.of("perl", "-MIO::Socket::UNIX", "-e", CALL, socket.toString()));
      assertThat(team.tool(pastTheClient.toArray(String[]::new)).hasExitCode(0).stdout())
          .isEqualTo("called\n");
      awaitInLog("warning: another user asked, and is not answered: nobody");
    } finally {
      for (Map.Entry<Path, Set<PosixFilePermission>> each : before.entrySet()) {
        Files.setPosixFilePermissions(each.getKey(), each.getValue());
      }
    }
  }

  /**
   * Opens the way to the daemon to all users.
   *
   * @return what was changed, as it was
   */
  private Map<Path, Set<PosixFilePermission>> letAllIn(Path socket) throws Exception {
    Map<Path, Set<PosixFilePermission>> before = new HashMap<>();
    List<Path> way = new ArrayList<>(List.of(socket, socket.getParent()));
    way.add(socket.getParent().getParent());
    for (Path at = laptop.home().resolve("daemon/daemon.json");
        at.startsWith(team.root());
        at = at.getParent()) {
      way.add(at);
    }
    for (Path each : way) {
      before.put(each, Files.getPosixFilePermissions(each));
      Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxrwxrwx"));
    }
    return before;
  }

  private String log() throws Exception {
    return Files.readString(laptop.home().resolve("daemon/log"));
  }

  private void awaitInLog(String text) throws Exception {
    while (!log().contains(text)) {
      Thread.sleep(100);
    }
  }

  private void awaitNoDaemon() throws Exception {
    while (!team.processes().isEmpty()) {
      Thread.sleep(100);
    }
    assertThat(laptop.run(team.root(), "daemon", "status").hasExitCode(3).stdout())
        .startsWith("no daemon runs for ");
  }
}
