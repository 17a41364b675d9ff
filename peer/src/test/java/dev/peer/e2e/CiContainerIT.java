package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import com.sun.net.httpserver.SimpleFileServer.OutputLevel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A job in a container of a CI platform. The platform is a machine of ours, with a network and
 * podman in it; the container's image is what {@code examples/ci/image} writes.
 */
@Tag("long")
@Timeout(900)
class CiContainerIT {

  /** Where machines reach this host. */
  private static final String HOST = "10.0.2.2";

  private static final String PROJECT =
      """
      test:VQ:
      \techo tested once
      \techo complaint >&2
      """;

  private static final String PLATFORM =
      """
      CONTAINERIMAGE=localhost/peer-ci
      base-image:VQ:
      \tbusybox wget -q -O - http://HOST:PORT/peer-ci.tar | podman load --quiet
      test:VQ:
      \tif command -v qemu-system-x86_64; then exit 1; fi
      \texport PEER_CERT=$PWD/job.pem PEER_CA=$PWD/ca.pem PEER_KEY="$JOB_KEY"
      \tgit clone --quiet project.bundle /tmp/project && cd /tmp/project && peer run --exit
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

  @Test
  void replaysWhatALaptopRanWithoutQemu() throws Exception {
    Path pulled = Files.createDirectory(team.root().resolve("pulled"));
    team.tool(
            Dist.sources().resolve("examples/ci/image").toString(),
            pulled.resolve("peer-ci.tar").toString())
        .hasExitCode(0);
    team.startRendezvous();
    String address = team.rendezvous().replace("127.0.0.1", HOST);
    Repository project = project(address);
    int port = Team.freePort();
    Run laptop =
        team.peer("laptop")
            .with("PEER_RENDEZVOUS", team.rendezvous())
            .with("PEER_LISTEN", "127.0.0.1:" + port)
            .with("PEER_ADVERTISE", HOST + ":" + port)
            .start(project, "run");
    laptop.awaitLine("^peer: serving the result");

    Run job = platform(project, pulled);

    job.hasExitCode(0);
    assertThat(job.stdout()).isEqualTo(laptop.stdout());
    assertThat(job.testStderr()).isEqualTo(laptop.testStderr());
    assertThat(job.stderr())
        .containsPattern("peer: passed, replayed: CN=laptop ran it .*, got from CN=laptop,");
  }

  private Repository project(String rendezvous) throws Exception {
    Repository project = team.repository("project", PROJECT);
    String env = Files.readString(project.directory().resolve(".env"));
    return project.write(".env", env + "PEER_RENDEZVOUS=" + rendezvous + "\n").commit();
  }

  /** The platform's run of one job, to its end. */
  private Run platform(Repository project, Path pulled) throws Exception {
    Authority.Identity identity = team.authority().issue("job", Authority.Key.EC_P256);
    HttpServer registry =
        SimpleFileServer.createFileServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), pulled, OutputLevel.NONE);
    registry.start();
    try {
      Repository platform =
          team.repository(
              "platform",
              PLATFORM.replace("HOST", HOST).replace("PORT", "" + registry.getAddress().getPort()));
      Files.copy(identity.certificate(), platform.directory().resolve("job.pem"));
      Files.copy(team.authority().certificate(), platform.directory().resolve("ca.pem"));
      project.git(
          "bundle", "create", "-q", platform.directory() + "/project.bundle", "HEAD", "main");
      platform.commit();
      return team.peer("platform")
          .without("PEER_RENDEZVOUS")
          .with("PEER_NETWORK", "open")
          .with("PEER_SECRETS", "JOB_KEY")
          .with("JOB_KEY", Files.readString(identity.key()))
          .run(platform, "run", "--exit");
    } finally {
      registry.stop(0);
    }
  }
}
