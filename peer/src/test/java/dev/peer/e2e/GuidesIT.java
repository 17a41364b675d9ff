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

  /**
   * With the loopback interface alone, on which the guides' host is, and with directories of its
   * own where root installs things. All that was started ends with it.
   */
  private static final String MACHINE =
      """
      ip link set lo up
      mount -t tmpfs tmpfs /mnt
      for directory in etc opt; do
          mkdir -p /mnt/$directory/upper /mnt/$directory/work
          mount -t overlay -o "lowerdir=/$directory,upperdir=/mnt/$directory/upper" \
              -o "workdir=/mnt/$directory/work" overlay /$directory
      done
      echo 127.0.0.1 localhost meet.example.org >/etc/hosts
      exec sh -eu "$0"
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
  @ValueSource(
      strings = {
        "image/docs/mkfiles.md",
        "peer/docs/certificates.md",
        "peer/docs/first-hour.md",
        "examples/ci/README.md",
        "examples/deploy/README.md"
      })
  void does(String name) throws Exception {
    Guide guide = Guide.read(name);
    Path outputs = Files.createDirectory(team.root().resolve("outputs"));
    Path home = Files.createDirectory(team.root().resolve("reader"));
    Path images = home.resolve(".local/state/peer/images");
    Files.createDirectories(images.getParent());
    Files.createSymbolicLink(images, Dist.images());
    Files.createSymbolicLink(home.resolve("peer"), Dist.sources());
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
                    script.toString()))
            .await();

    guide.check(outputs, run);
  }

  private static Map<String, String> environment(Path home) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("PATH", Dist.home().resolve("bin") + ":" + System.getenv("PATH"));
    environment.put("HOME", home.toString());
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
