package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Container images that two repositories pull from a real registry. */
@Timeout(900)
@Order(1) // One of the longest: begun last, it would end alone.
class PulledImagesIT {

  private static final String MKFILE =
      """
      CONTAINERIMAGE=localhost/derived
      base-image:VQ:
      \tprintf 'FROM localhost/ci-base\\nCOPY --from=PULLED /content /content\\n' |
      \t    podman build --quiet --tag $CONTAINERIMAGE --file - . >&2
      test:VQ:
      \tsha256sum /content
      """;

  private Team team;
  private DebianRegistry registry;

  @BeforeEach
  void startRegistry() throws Exception {
    team = Team.create();
    registry = DebianRegistry.start(team.root().resolve("registry"));
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    registry.end();
    team.close();
  }

  @Test
  void theSecondRepositoryOnABaseImageMovesNothingOfIt() throws Exception {
    byte[] content = new byte[3 << 20];
    new Random(1).nextBytes(content);
    String manifest = registry.push("team/base", "1", "content", content);
    Repository first =
        team.repository("first", MKFILE.replace("PULLED", registry.name() + "/team/base:1"));
    Repository second =
        team.repository("second", MKFILE.replace("PULLED", registry.name() + "/team/base:1"));
    Peer peer =
        team.peer("laptop")
            .with("PEER_PREPARE_NETWORK", registry.name())
            .with("PEER_PREPARE_REGISTRIES", "http://" + registry.name());

    Run pulled = peer.run(first, "run", "--exit").hasExitCode(0);
    assertThat(pulled.stderr())
        .contains("container images: 0.0 MiB were kept by digest, 3.0 MiB came from registries");

    registry.loseBlobs(manifest);
    Run again = peer.run(second, "run", "--exit").hasExitCode(0);
    assertThat(again.stdout()).isEqualTo(pulled.stdout());
    assertThat(again.stderr())
        .contains("container images: 3.0 MiB were kept by digest, 0.0 MiB came from registries");

    assertThat(peer.here().run(team.root(), "cache", "ls").hasExitCode(0).stdout())
        .contains("container images by digest: 3 files, used ");
    peer.here().run(team.root(), "cache", "drop", "--all").hasExitCode(0);
    assertThat(peer.here().run(team.root(), "cache", "ls").hasExitCode(0).stdout())
        .doesNotContain("by digest");
    assertThat(peer.run(second, "run", "--exit", "--force").hasExitCode(1).stderr())
        .as("nobody has it any more")
        .contains("team/base");
  }
}
