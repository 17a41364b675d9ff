package dev.peer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.Digest;
import dev.peer.e2e.PeerPki;
import dev.peer.e2e.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong before anything starts is said, with a hint, and nothing is left of it. */
class BadInputTest {

  private static final String MKFILE = "test:VQ:\n\techo passed\n";

  @TempDir private Path root;
  private Path key;
  private PeerHere peer;
  private Repository repository;

  @BeforeEach
  void makePeer() throws Exception {
    Path pki = root.resolve("pki");
    PeerPki.run(pki, List.of("init"));
    PeerPki.run(pki, List.of("issue", "laptop"));
    key = pki.resolve("laptop-key.pem");
    peer =
        new PeerHere(
            Map.of(
                "PEER_HOME", root.resolve("home").toString(),
                "PEER_IMAGE", Digest.of(new byte[0]).toString(),
                "PEER_CA", pki.resolve("ca.pem").toString(),
                "PEER_CERT", pki.resolve("laptop.pem").toString(),
                "PEER_KEY", key.toString()));
    repository = Repository.init(root.resolve("repository"));
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(root.resolve("home/store/staging").toFile().list()).isNullOrEmpty();
    assertThat(root.resolve("home/vm")).doesNotExist();
  }

  @Test
  void noCommitYet() {
    run(peer, "run").refuses(2, "there is no commit on main yet");
  }

  @Test
  void aMkfileThatIsNotCommitted() throws Exception {
    repository.commit().write("mkfile", MKFILE);

    run(peer, "run").refuses(2, "has no mkfile at its root");
  }

  @Test
  void aKeyThatOthersMayRead() throws Exception {
    repository.write("mkfile", MKFILE).commit();
    Path link = Files.createSymbolicLink(root.resolve("link"), key);
    run(peer.with("PEER_KEY", link), "replay").refuses(3, "no reachable peer");

    for (String mode : new String[] {"rw-r-----", "rw----r--"}) {
      Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(mode));
      Outcome refused = run(peer.with("PEER_KEY", link), "replay");
      refused.refuses(2, "PEER_KEY: the private key in \".*\" is open to others");
      assertThat(refused.stderr()).contains("run chmod 600 ", "PEER_KEY takes the PEM itself");
    }
    run(peer.with("PEER_KEY", Files.readString(key)), "replay").refuses(3, "no reachable peer");
  }

  @ParameterizedTest
  @CsvSource({
    "'PEER_CA=/tmp/ca.pem', PEER_CA may not be set in .env",
    "'PEER_CPUS two', '.env, line 1: NAME=value expected'",
    "'PEER_CPUS=many', PEER_CPUS"
  })
  void aMalformedEnvFile(String line, String error) throws Exception {
    repository.write("mkfile", MKFILE).write(".env", line + "\n").commit();

    run(peer, "run").refuses(2, error);
  }

  @Test
  void anAddressThatIsNotOfThisMachine() {
    run(peer, "rendezvous", "--listen", "192.0.2.1:0").refuses(4, "cannot listen on");
  }

  @Test
  void aHomeThatCanNotBeMade() throws Exception {
    repository.write("mkfile", MKFILE).commit();
    PeerHere homeless = peer.with("PEER_HOME", repository.directory().resolve("mkfile/home"));

    run(homeless, "run").refuses(4, "mkfile");
    run(homeless, "replay").refuses(4, "mkfile");
  }

  private Outcome run(PeerHere here, String... arguments) {
    return here.run(repository.directory(), arguments);
  }
}
