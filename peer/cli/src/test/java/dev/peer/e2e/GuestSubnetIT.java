package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A local network with the addresses that guests usually have. */
@Timeout(900)
class GuestSubnetIT {

  private static final String SERVER = "10.0.2.2";

  private Team team;
  private NetworkNamespaces cable;

  @BeforeAll
  static void asRoot() {
    NetworkNamespaces.assumeRoot();
  }

  @BeforeEach
  void makeTheNetwork() throws Exception {
    team = Team.create();
    cable = Cable.between("10.0.2.15/24", SERVER + "/24");
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    try {
      team.close();
    } finally {
      cable.close();
    }
  }

  @Test
  void thePreparationReachesTheServerOfALanThatHasItsUsualAddresses() throws Exception {
    Path served = Files.createDirectory(team.root().resolve("served"));
    Files.writeString(served.resolve("file"), "from the local network\n");
    List<String> server = new ArrayList<>(cable.in("server"));
    server.addAll(List.of("busybox", "httpd", "-f", "-p", "8080", "-h", served.toString()));
    team.start(served, Map.of("PATH", System.getenv("PATH")), server);
    Repository repository =
        team.repository(
            "project",
            """
            prepare-runtime:VQ:
            \tcurl --fail --silent --show-error --retry 9 --retry-connrefused http://%s:8080/file >file
            \tip -o -4 address show dev eth0 >address; cat /etc/resolv.conf >>address
            test:VQ:
            \tcat file address
            """
                .formatted(SERVER));

    Run run = team.peer("laptop").in(cable.in("laptop")).run(repository, "run", "--exit");

    assertThat(run.hasExitCode(0).stdout())
        .startsWith("from the local network\n")
        .contains(" 192.168.241.15/24 ")
        .endsWith("nameserver 192.168.241.3\n");
  }
}
