package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import com.sun.net.httpserver.SimpleFileServer.OutputLevel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code peer} in containers: a job of a CI platform, and a rendezvous. The platform is a machine
 * of ours, with a network and podman in it.
 */
@Tag("long")
@Timeout(900)
class ContainerIT {

  /** Where machines reach this host. */
  private static final String HOST = "10.0.2.2";

  private static final String PROJECT =
      """
      test:VQ:
      \techo tested once
      \techo complaint >&2
      """;

  private static final String JOB =
      """
      CONTAINERIMAGE=localhost/peer-ci
      base-image:VQ:
      \tcurl --fail --silent http://HOST:PORT/peer-ci.tar | podman load --quiet
      test:VQ:
      \tif command -v qemu-system-x86_64; then exit 1; fi
      \texport PEER_CERT=$PWD/job.pem PEER_CA=$PWD/ca.pem PEER_KEY="$(cat job-key.pem)"
      \tgit clone --quiet project.bundle /tmp/project && cd /tmp/project && peer run --exit
      """;

  private static final String RENDEZVOUS =
      """
      base-image:VQ:
      \tmkdir dist && curl --fail --silent http://HOST:PORT/dist.tar | tar -x -C dist
      \tpodman build --quiet --from localhost/ci-base --tag localhost/peer -f Containerfile dist
      \tpodman run --detach --name meet --log-driver k8s-file --env PEER_CA="$(cat ca.pem)" \\
      \t    --env PEER_CERT="$(cat job.pem)" --env PEER_KEY="$(cat job-key.pem)" localhost/peer
      \tfor second in $(seq 60); do
      \t    podman logs meet 2>&1 | grep 'rendezvous at' && break || sleep 1
      \tdone
      \tpodman exec --env PEER_RENDEZVOUS=https://127.0.0.1:7443 meet peer doctor >doctor || true
      \tpodman stop meet
      test:VQ:
      \tcat doctor
      """;

  private Team team;
  private Path pulled;
  private HttpServer registry;

  @BeforeEach
  void makeTeam() throws Exception {
    team = Team.create();
    pulled = Files.createDirectory(team.root().resolve("pulled"));
    registry =
        SimpleFileServer.createFileServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), pulled, OutputLevel.NONE);
    registry.start();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    registry.stop(0);
    team.close();
  }

  @Test
  void aJobReplaysWhatALaptopRanWithoutQemu() throws Exception {
    team.tool(Dist.sources() + "/examples/ci/image", pulled + "/peer-ci.tar").hasExitCode(0);
    team.startRendezvous();
    Repository project = project(team.rendezvous().replace("127.0.0.1", HOST));
    int port = Team.freePort();
    Run laptop =
        team.peer("laptop")
            .with("PEER_RENDEZVOUS", team.rendezvous())
            .with("PEER_LISTEN", "127.0.0.1:" + port)
            .with("PEER_ADVERTISE", HOST + ":" + port)
            .start(project, "run");
    laptop.awaitLine("^peer: serving the result");
    Repository platform = platform(JOB);
    project.git("bundle", "create", "-q", platform.directory() + "/project.bundle", "HEAD", "main");

    Run job = run(platform, port, URI.create(team.rendezvous()).getPort());

    assertThat(job.hasExitCode(0).stdout()).isEqualTo(laptop.stdout());
    assertThat(job.testStderr()).isEqualTo(laptop.testStderr());
    assertThat(job.stderr())
        .containsPattern("peer: passed, replayed: CN=laptop ran it .*, got from CN=laptop");
  }

  @Test
  void theRecipeIsARendezvousThatAnswers() throws Exception {
    team.tool("tar", "-cf", pulled + "/dist.tar", "-C", Dist.home().toString(), ".").hasExitCode(0);
    Repository platform = platform(RENDEZVOUS);
    Files.copy(
        Dist.sources().resolve("examples/deploy/Containerfile"),
        platform.directory().resolve("Containerfile"));

    Run served = run(platform);

    assertThat(served.hasExitCode(0).stdout())
        .containsPattern("(?m)^ok +certificate +CN=job, until ")
        .containsPattern("(?m)^ok +rendezvous +127.0.0.1:7443 is CN=job$");
  }

  private Repository project(String rendezvous) throws Exception {
    Repository project = team.repository("project", PROJECT);
    String env = Files.readString(project.directory().resolve(".env"));
    return project.write(".env", env + "PEER_RENDEZVOUS=" + rendezvous + "\n").commit();
  }

  /** What the platform runs: a job that has a certificate. */
  private Repository platform(String mkfile) throws Exception {
    String port = Integer.toString(registry.getAddress().getPort());
    Repository platform =
        team.repository("platform", mkfile.replace("HOST", HOST).replace("PORT", port));
    Authority.Identity identity = team.authority().issue("job", Authority.Key.EC_P256);
    Files.copy(identity.certificate(), platform.directory().resolve("job.pem"));
    Files.copy(identity.key(), platform.directory().resolve("job-key.pem"));
    Files.copy(team.authority().certificate(), platform.directory().resolve("ca.pem"));
    return platform;
  }

  /** Runs it to its end, as it stands; its guest reaches the registry and these ports here. */
  private Run run(Repository platform, int... ports) throws Exception {
    StringBuilder reached = new StringBuilder(HOST + ":" + registry.getAddress().getPort());
    for (int port : ports) {
      reached.append(",").append(HOST).append(":").append(port);
    }
    return team.peer("platform")
        .without("PEER_RENDEZVOUS")
        .with("PEER_NETWORK", "open")
        .with("PEER_PREPARE_NETWORK", reached)
        .run(platform.commit(), "run", "--exit");
  }
}
