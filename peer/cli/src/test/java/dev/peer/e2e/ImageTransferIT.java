package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Guest images get from one machine to another, as a file or from peer to peer, vouched for. */
@Timeout(900)
class ImageTransferIT {

  private Sample sample;
  private Team team;
  private Path image;
  private String digest;

  @BeforeEach
  void startRendezvous() throws Exception {
    sample = Sample.get();
    team = sample.team();
    team.startRendezvous();
    image = SmallImage.in(team.root().resolve("small"));
    digest = digest(image);
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void pullsFromAnAddress() throws Exception {
    int port = Team.freePort();
    Peer holder = withOwnImages("holder").with("PEER_LISTEN", "127.0.0.1:" + port);
    holder.here().run(team.root(), "doctor");
    sample.startHolder(holder.here());
    Peer laptop = withoutImages("laptop").without("PEER_RENDEZVOUS").here();
    String[] command = {"image", "pull", digest, "--from", "127.0.0.1:" + port};
    refusesItUntilSomebodyAdmittedVouchesForIt(holder, laptop, command);

    Run pull = laptop.run(team.root(), command).hasExitCode(0);

    assertThat(pull.stdout()).isEqualTo(digest + "\n");
    assertThat(pull.stderr())
        .contains("peer: 127.0.0.1:" + port + " is CN=holder\n")
        .contains("peer: CN=holder vouches for the guest image " + digest + "\n")
        .contains("peer: pulling the guest image " + digest)
        .contains(" MiB) from CN=holder\n");
    assertWhole(laptop);
    assertThat(laptop.run(team.root(), command).hasExitCode(0).stderr())
        .contains("is on this machine already");
    assertThat(laptop.run(team.root(), "image", "ls").stdout())
        .contains("  pulled; CN=holder vouches for it\n");
  }

  private void refusesItUntilSomebodyAdmittedVouchesForIt(
      Peer holder, Peer laptop, String... command) throws Exception {
    Run unsigned = laptop.run(team.root(), command);
    unsigned.refuses(4, "no holder shows an attestation of it that counts; asked CN=holder");
    assertThat(unsigned.stderr())
        .contains("the holder CN=holder does not give the image: ")
        .contains("`peer image sign " + digest + "`");
    Run signed = holder.here().run(team.root(), "image", "sign").hasExitCode(0);
    assertThat(signed.stdout()).isEqualTo(digest + "\n");
    assertThat(signed.stderr()).contains("peer: signed: CN=holder vouches for it\n");

    Run refused = laptop.with("PEER_ALLOW_IMAGE", "cn:ci").run(team.root(), command);
    refused.refuses(4, "no holder shows an attestation of it that counts; asked CN=holder");
    assertThat(refused.stderr())
        .contains(
            "the image of CN=holder is refused: CN=holder: CN=holder may not vouch for guest"
                + " images (the rule: cn:ci)");
    assertThat(laptop.run(team.root(), "image", "ls").hasExitCode(0).stdout()).isEmpty();
  }

  @Test
  void pullsTheImageThatARunLacksAndNoneForAReplay() throws Exception {
    image = Dist.image();
    digest = digest(image);
    sample.startHolder(signed(withOwnImages("holder")).here());
    Peer laptop = withoutImages("laptop");

    laptop.run(sample.repository(), "run", "--exit").hasExitCode(0);
    assertThat(laptop.home().resolve("images")).doesNotExist();
    laptop
        .withoutQemu()
        .run(sample.repository(), "run", "--exit", "--force")
        .refuses(4, "qemu-system-x86_64 is not in PATH");
    assertThat(laptop.home().resolve("images")).doesNotExist();
    laptop
        .with("PEER_ALLOW_IMAGE", "cn:ci")
        .run(sample.repository(), "run", "--exit", "--force")
        .refuses(4, "no holder shows an attestation of it that counts; asked CN=holder");

    Run run = laptop.run(sample.repository(), "run", "--exit", "--force").hasExitCode(0);
    assertThat(run.stdoutBytes()).isEqualTo(sample.stdout());
    assertThat(run.stderr())
        .contains("the guest image " + digest + " is not on this machine: asking the peers")
        .contains(" MiB) from CN=holder\n")
        .contains("peer: stage: test");
    assertWhole(laptop);
    isNotTheNewestUntilItIsAskedFor(laptop);
  }

  /** A branch that names an image in its {@code .env} chooses it for nobody else. */
  private void isNotTheNewestUntilItIsAskedFor(Peer laptop) throws Exception {
    Repository unpinned =
        Repository.init(team.root().resolve("unpinned")).write("mkfile", "test:V:\n").commit();
    assertThat(laptop.here().run(team.root(), "image", "ls").stdout())
        .contains("  pulled for a run; CN=holder vouches for it\n");
    laptop.here().run(team.root(), "image", "ls", "--pin").refuses(2, "there is no guest image");
    laptop.run(unpinned, "run").refuses(2, "PEER_IMAGE is not set, and there is no guest image");
    laptop
        .with("PEER_ALLOW_IMAGE", "cn:ci")
        .run(sample.repository(), "run", "--exit", "--force")
        .refuses(4, "came from a peer, and does not count now: its attestation does not count");

    laptop.here().run(team.root(), "image", "pull", digest).hasExitCode(0);

    assertThat(laptop.here().run(team.root(), "image", "ls", "--pin").hasExitCode(0).stdout())
        .isEqualTo("PEER_IMAGE=" + digest + "\n");
  }

  @Test
  void namesALiarAndTakesTheImageFromTheNextHolder() throws Exception {
    Peer holder = signed(withOwnImages("holder"));
    LyingHolder liar = LyingHolder.start(team, "liar");
    String served = "v1/images/sha256/" + image.getFileName() + "/";
    liar.answer(
        served + "attestation.json",
        Files.readAllBytes(
            holder.home().resolve("images/.attestations").resolve(image.getFileName())));
    liar.answer(served + "manifest.json", Files.readAllBytes(image.resolve("manifest.json")));
    liar.answer(served + "kernel", new byte[(int) Files.size(image.resolve("kernel"))]);
    Peer laptop = withoutImages("laptop").here();

    Run alone = laptop.run(team.root(), "image", "pull", digest, "--from", liar.address());
    alone.refuses(4, digest + " is not on this machine, and no holder gives it; asked CN=liar");
    assertThat(alone.stderr())
        .contains("peer: the image of CN=liar is refused: CN=liar: kernel is not the one")
        .contains("`peer image build`")
        .contains("`peer image pull ");
    sample.startHolder(holder.here());
    liar.holdImage(team, digest);
    Run pull = laptop.run(team.root(), "image", "pull", digest).hasExitCode(0);

    assertThat(pull.stderr())
        .contains("peer: the image of CN=liar is refused")
        .contains("peer: going on with CN=holder\n");
    assertWhole(laptop);
  }

  @Test
  void saysWhatWasTriedWhereNobodyHasIt() throws Exception {
    Peer laptop = withoutImages("laptop").here();
    Peer alone = laptop.without("PEER_RENDEZVOUS");

    laptop
        .run(team.root(), "image", "pull", digest)
        .refuses(4, "not on this machine, and no peer that the rendezvous knows holds it");
    Run run = laptop.run(sample.repository(), "run", "--exit");
    run.refuses(4, "not on this machine, and no peer that the rendezvous knows holds it");
    assertThat(run.stderr()).contains("`peer image build`").contains("`peer image pull ");
    laptop
        .with("PEER_RENDEZVOUS", "https://127.0.0.1:1")
        .run(team.root(), "image", "pull", digest)
        .refuses(4, "the rendezvous cannot be asked for its holders: 127.0.0.1:1: ");
    alone.run(team.root(), "image", "pull", digest).refuses(2, "no peer can be asked");
    alone
        .run(team.root(), "image", "pull", digest, "--from", "127.0.0.1:1")
        .refuses(4, "not on this machine, and 127.0.0.1:1: ");
    alone
        .run(team.root(), "image", "pull", digest, "--from", "127.0.0.1:0")
        .refuses(2, "--from: a host and a port above 0");
    alone.run(team.root(), "image", "pull", "sha256:0").refuses(2, "not a SHA-256 digest");
  }

  @Test
  void exportsAndImportsTheSameImage() throws Exception {
    Peer laptop = signed(withOwnImages("laptop"));
    Peer other = withoutImages("other");
    Path file = team.root().resolve("image.tar");

    Run exported =
        laptop.run(team.root(), "image", "export", "--to", file.toString()).hasExitCode(0);
    Run imported =
        laptop
            .shell(
                sample.repository(),
                "peer image export "
                    + digest
                    + " | PEER_HOME="
                    + other.home()
                    + " peer image import -")
            .hasExitCode(0);
    Run again =
        other.shell(sample.repository(), "peer image export | cmp - " + file).hasExitCode(0);

    assertThat(exported.stdout()).isEmpty();
    assertThat(exported.stderr()).isEqualTo("peer: exported the guest image " + digest + "\n");
    assertThat(imported.stdout()).isEqualTo(digest + "\n");
    assertThat(again.stdout()).isEmpty();
    assertWhole(other);
    assertThat(other.here().run(team.root(), "image", "ls").stdout())
        .contains("  imported; CN=laptop vouches for it\n");
    refusesItDamagedOrCutOff(file);
  }

  private void refusesItDamagedOrCutOff(Path file) throws Exception {
    Peer fresh = withoutImages("fresh").here();
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(100_000);
      int before = bytes.read();
      bytes.seek(100_000);
      bytes.write(before ^ 1);
    }
    fresh
        .run(team.root(), "image", "import", file.toString())
        .refuses(4, "kernel is not the one that the guest image " + digest + " has");
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.setLength(80_000);
    }
    fresh
        .run(team.root(), "image", "import", file.toString())
        .refuses(4, "no image that can be taken in: it is cut off");
    fresh
        .run(
            team.root(),
            "image",
            "import",
            sample.repository().directory().resolve("mkfile").toString())
        .refuses(4, "no image that can be taken in: ");
    fresh.run(team.root(), "image", "import", "missing").refuses(2, "missing is not there");
    fresh
        .run(team.root(), "image", "export", "--to", "image")
        .refuses(2, "there is no guest image");
    assertThat(fresh.run(team.root(), "image", "ls").hasExitCode(0).stdout()).isEmpty();
  }

  private static String digest(Path image) {
    return "sha256:" + image.getFileName();
  }

  /** With the image in a directory of its own, where no signer vouches for it yet. */
  private Peer withOwnImages(String name) throws IOException, InterruptedException {
    Peer peer = withoutImages(name);
    Path images = Files.createDirectory(peer.home().resolve("images"));
    Files.createSymbolicLink(images.resolve(image.getFileName()), image);
    return peer;
  }

  private Peer signed(Peer peer) throws IOException, InterruptedException {
    peer.here().run(team.root(), "image", "sign", digest).hasExitCode(0);
    return peer;
  }

  private Peer withoutImages(String name) throws IOException, InterruptedException {
    Peer peer = team.peer(name);
    Files.delete(peer.home().resolve("images"));
    return peer;
  }

  private void assertWhole(Peer peer) throws IOException {
    Path copy = peer.home().resolve("images").resolve(image.getFileName());
    for (String file : new String[] {"manifest.json", "kernel", "initramfs", "root.erofs"}) {
      assertThat(Files.mismatch(copy.resolve(file), image.resolve(file))).as(file).isEqualTo(-1);
    }
  }
}
