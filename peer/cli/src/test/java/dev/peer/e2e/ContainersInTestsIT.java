package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Containers that tests start, as Testcontainers and compose do it: over podman's socket. */
@Timeout(900)
@Order(1) // One of the longest: begun last, it would end alone.
class ContainersInTestsIT {

  /** The second layer replaces a directory of the first. */
  private static final String CONTAINERFILE =
      """
      FROM localhost/ci-base
      RUN rm -rf /etc/apt && mkdir /etc/apt && touch /etc/apt/new
      """;

  private static final String MKFILE =
      """
      CONTAINERIMAGE=localhost/prepared
      base-image:VQ: Containerfile
      \tpodman build --quiet --tag $CONTAINERIMAGE .
      \techo "kept: `find /run/peer/scratch -name of-a-container | wc -l`" >&2
      test:VQ:
      \tmkdir -p /srv/data && echo 'of the test' >/srv/data/file
      \tperl containers.pl
      without:VQ:
      \techo "host: ${DOCKER_HOST-none}"
      \tls /var/run/docker.sock /run/docker.sock 2>/dev/null || echo no socket
      /var/run/ci/artifacts/report:Q:
      \tfind /run/peer/scratch -name of-a-container | wc -l >$target
      """;

  private Team team;
  private Repository repository;

  @BeforeEach
  void makeTeam() throws Exception {
    team = Team.create();
    String client;
    try (var script = ContainersInTestsIT.class.getResourceAsStream("containers.pl")) {
      client = new String(script.readAllBytes(), StandardCharsets.UTF_8);
    }
    repository =
        team.repository("containers", MKFILE)
            .write("Containerfile", CONTAINERFILE)
            .write("containers.pl", client)
            .write("greeting", "hello\n")
            .write(".env", "PEER_CONTAINERS=on\nPEER_CPUS=1\n")
            .commit();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    assertThat(team.machines()).isEmpty();
    assertThat(team.scratch()).isEmpty();
    team.close();
  }

  @Test
  void aTestStartsContainersOfPreparedImagesWithoutTheNetworkAndNothingOfThemStays()
      throws Exception {
    Peer peer = team.peer("laptop");
    Path artifacts = team.root().resolve("artifacts");

    Run run =
        peer.run(repository, "run", "--exit", "--artifacts", artifacts.toString()).hasExitCode(0);

    assertThat(run.stdout())
        .isEqualTo(
            """
            ping: OK
            service: uid 100000
            images: localhost/ci-base:latest localhost/prepared:latest
            containers: 0
            one: ended with 3
            one: user 0 is 100000 outside
            one: /etc/apt has new
            one: hello of the test
            one: writes to the test's directory: no
            web: published at localhost: hello from web
            two: reaches web by name: hello from web
            two: cannot reach 192.0.2.1
            test: cannot reach 192.0.2.1
            """);
    assertThat(run.stderr()).contains("kept: 0");
    assertThat(Files.readString(artifacts.resolve("report")).strip()).isNotEqualTo("0");
    assertThat(peer.here().run(repository, "replay").hasExitCode(0).stdout())
        .isEqualTo(run.stdout());
    assertThat(peer.here().run(repository, "show").hasExitCode(0).stdout())
        .containsPattern("containers +on\n");

    Peer without = peer.with("PEER_CONTAINERS", "off");
    without.here().run(repository, "replay").refuses(3, "no reachable peer");
    Run usual = without.run(repository, "run", "--exit", "without").hasExitCode(0);
    assertThat(usual.stdout()).isEqualTo("host: none\nno socket\n");
    assertThat(usual.stderr()).contains("kept: 0");
    peer.with("PEER_NETWORK", "open").run(repository, "run").refuses(2, "PEER_CONTAINERS in .env");
  }
}
