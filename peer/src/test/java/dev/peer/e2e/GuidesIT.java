package dev.peer.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The guides do what they say, on a machine that is on no network. */
@Timeout(400)
class GuidesIT {

  /** With the loopback interface alone, on which the guides' host is; ends with what it started. */
  private static final String MACHINE =
      """
      ip link set lo up
      mount --bind "$0" /etc/hosts
      exec sh -eu "$1"
      """;

  private Team team;

  @BeforeEach
  void makeTeam() throws Exception {
    team = Team.create();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"image/docs/mkfiles.md"})
  void does(String name) throws Exception {
    Guide guide = Guide.read(name);
    Path outputs = Files.createDirectory(team.root().resolve("outputs"));
    Path home = Files.createDirectory(team.root().resolve("reader"));
    Path images = home.resolve(".local/state/peer/images");
    Files.createDirectories(images.getParent());
    Files.createSymbolicLink(images, Dist.images());
    Path hosts = team.root().resolve("hosts");
    Files.writeString(hosts, "127.0.0.1 localhost meet.example.org laptop.example.org\n");
    Path script = team.root().resolve("script");
    Files.writeString(script, guide.script(outputs));

    Run run =
        team.start(
                home,
                environment(home),
                List.of(
                    "unshare",
                    "--mount",
                    "--net",
                    "--pid",
                    "--fork",
                    "--kill-child",
                    "--mount-proc",
                    "sh",
                    "-euc",
                    MACHINE,
                    hosts.toString(),
                    script.toString()))
            .await();

    guide.check(outputs, run);
  }

  private static Map<String, String> environment(Path home) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("PATH", Dist.home().resolve("bin") + ":" + System.getenv("PATH"));
    environment.put("HOME", home.toString());
    environment.put("PEER_SOURCES", Dist.sources().toString());
    environment.put("GIT_CONFIG_COUNT", "3");
    List<String> settings =
        List.of("user.name=Reader", "user.email=reader@example.org", "init.defaultBranch=main");
    for (int i = 0; i < settings.size(); i++) {
      String[] setting = settings.get(i).split("=");
      environment.put("GIT_CONFIG_KEY_" + i, setting[0]);
      environment.put("GIT_CONFIG_VALUE_" + i, setting[1]);
    }
    return environment;
  }
}
