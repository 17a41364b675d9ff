package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@code peer image} says of the images here, and what a damaged one leads to. */
@Timeout(900)
class ImageIT {

  private Team team;
  private Peer peer;

  @BeforeEach
  void makePeer() throws Exception {
    team = Team.create();
    peer = team.peer("laptop");
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void listsTheImagesOfThisMachine() throws Exception {
    Run run = peer.run(team.root(), "image", "ls").hasExitCode(0);

    assertThat(run.stdout())
        .containsPattern(
            "(?m)^"
                + Dist.imageDigest()
                + "  20.*  \\d+ MiB  built here; no signer vouches for it$");
    assertThat(run.stderr()).isEmpty();
  }

  @Test
  void listsThemForScripts() throws Exception {
    Run run = peer.run(team.root(), "image", "ls", "--json").hasExitCode(0);

    assertThat(run.stdout())
        .startsWith("{\"images\":[{")
        .containsPattern("\"digest\": ?\"" + Dist.imageDigest() + "\"")
        .containsPattern("\"origin\": ?\"built\"")
        .doesNotContain("signer");
  }

  @Test
  void printsTheNewestAsALineForEnv() throws Exception {
    Run run = peer.run(team.root(), "image", "ls", "--pin").hasExitCode(0);

    assertThat(run.stdout()).isEqualTo("PEER_IMAGE=" + Dist.imageDigest() + "\n");
  }

  @Test
  void hasNothingToPinWhereThereIsNoImage() throws Exception {
    Files.delete(peer.home().resolve("images"));

    peer.run(team.root(), "image", "ls", "--pin").refuses(2, "there is no guest image");
    assertThat(peer.run(team.root(), "image", "ls").hasExitCode(0).stdout()).isEmpty();
  }

  /** The second run is the one that could trust what the first has remembered. */
  @Test
  void findsAChangedByteInTheRootFileSystem() throws Exception {
    Repository repository = team.repository("repository", "test:V:\n\ttrue\n");
    Path images = peer.home().resolve("images");
    Files.delete(images);
    Path image = Files.createDirectories(images.resolve(Dist.image().getFileName()));
    for (String file : new String[] {"manifest.json", "kernel", "initramfs", "root.erofs"}) {
      Files.copy(Dist.image().resolve(file), image.resolve(file));
    }
    Run whole = peer.start(repository, "run");
    whole.awaitLine("^peer: stage: boot$");
    whole.signal("INT").await().hasExitCode(130);

    try (RandomAccessFile root = new RandomAccessFile(image.resolve("root.erofs").toFile(), "rw")) {
      long middle = root.length() / 2;
      root.seek(middle);
      int before = root.read();
      root.seek(middle);
      root.write(before ^ 1);
    }

    peer.run(repository, "run").refuses(4, "is damaged: its file root.erofs is not the one");
  }
}
