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
 * A rendezvous in a container that the recipe makes. The platform is a machine of ours, with a
 * network and podman in it.
 */
@Tag("long")
@Timeout(900)
class ContainerIT {

  /** Where machines reach this host. */
  private static final String HOST = "10.0.2.2";

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

  /** What the platform runs: with a certificate. */
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

  /** Runs it to its end, as it stands; its guest reaches the registry. */
  private Run run(Repository platform) throws Exception {
    return team.peer("platform")
        .without("PEER_RENDEZVOUS")
        .with("PEER_NETWORK", "open")
        .with("PEER_PREPARE_NETWORK", HOST + ":" + registry.getAddress().getPort())
        .run(platform.commit(), "run", "--exit");
  }
}
