package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Builds the guest image for real, which needs a network and some minutes. */
@Tag("long")
@Timeout(1800)
class ImageBuildIT {

  /** As nobody, who may use ids of its own, with the sources where everyone can read them. */
  private static final String WITHOUT_ROOT =
      """
      mkdir etc
      mount -t tmpfs tmpfs etc
      cp -a /etc/. etc
      echo 65534:100000:65536 | tee etc/subuid >etc/subgid
      mount --move etc /etc
      mount -t tmpfs tmpfs /opt
      mkdir /opt/image /opt/images
      mount --bind "$1/image" /opt/image
      mount --bind "$2" /opt/images
      chown 65534:65534 /opt/images
      cd /opt
      exec setpriv --reuid=65534 --regid=65534 --clear-groups $3 image/build --output images
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
  void twoBuildsOfTheSamePackagesHaveOneDigest() throws Exception {
    Peer one = peerWithoutImages("one");
    Peer other = peerWithoutImages("other");

    Run first = one.start(team.root(), "image", "build");
    Run second = other.start(team.root(), "image", "build");
    first.await().hasExitCode(0);
    second.await().hasExitCode(0);

    assertThat(first.stdout()).matches("sha256:[0-9a-f]{64}\n").isEqualTo(second.stdout());
    Path image = one.home().resolve("images/" + first.stdout().strip().substring(7));
    assertThat(image).isDirectoryContaining("glob:**/root.erofs");
    assertThat(Files.readString(image.resolve("manifest.json"))).contains("podman", "9base");
    assertThat(Files.readString(image.resolve("manifest.json")))
        .containsPattern("\"mk\":\"9base 1:[0-9-]+\\+[0-9a-f]{12}\"");
    assertThat(first.stderr()).contains("peer: signed: CN=one vouches for it\n");
    assertThat(one.run(team.root(), "image", "ls", "--pin").stdout())
        .isEqualTo("PEER_IMAGE=" + first.stdout());
  }

  @Test
  void withoutRootItIsBuiltInAUserNamespaceWithTheSameDigest() throws Exception {
    Path images = Files.createDirectory(team.root().resolve("images"));

    Run build = withoutRoot(images, "").hasExitCode(0);

    Run root = peerWithoutImages("root").run(team.root(), "image", "build").hasExitCode(0);
    assertThat(build.stdout()).matches("sha256:[0-9a-f]{64}\n").isEqualTo(root.stdout());
    assertThat(images).isDirectoryContaining("glob:**/" + build.stdout().strip().substring(7));
  }

  @Test
  void saysWhatItLacksWhereThereIsNoUserNamespace() throws Exception {
    Path images = Files.createDirectory(team.root().resolve("images"));

    Run build = withoutRoot(images, "unshare --user --map-current-user").hasExitCode(2);

    assertThat(build.stderr())
        .contains("peer: image: building needs root, or a user namespace with more ids: ")
        .contains("hint: as root: apt-get install uidmap && usermod --add-subuids ");
    assertThat(images).isEmptyDirectory();
  }

  private Run withoutRoot(Path images, String before) throws Exception {
    return team.tool(
        "unshare",
        "--mount",
        "sh",
        "-euc",
        "cd \"$4\"\n" + WITHOUT_ROOT,
        "sh",
        Dist.sources().toString(),
        images.toString(),
        before,
        team.root().toString());
  }

  @Test
  void anInterruptedBuildLeavesNothing() throws Exception {
    Peer peer = peerWithoutImages("laptop");
    Run build = peer.start(team.root(), "image", "build");
    build.awaitLine("^peer: image: ");

    build.signal("INT").await().hasExitCode(130);

    assertThat(peer.home().resolve("images")).isEmptyDirectory();
  }

  @Test
  void aMirrorThatIsNotThereEndsTheBuild() throws Exception {
    Peer peer = peerWithoutImages("laptop");

    Run build = peer.run(team.root(), "image", "build", "--mirror", "http://127.0.0.1:1/debian");

    build.refuses(4, "the guest image could not be built");
    assertThat(peer.home().resolve("images")).isEmptyDirectory();
  }

  private Peer peerWithoutImages(String name) throws Exception {
    Peer peer = team.peer(name);
    Files.delete(peer.home().resolve("images"));
    return peer;
  }
}
