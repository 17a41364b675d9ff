package dev.peer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.Digest;
import dev.peer.e2e.PeerPki;
import dev.peer.e2e.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A peer whose own credentials are of no use says so before it asks or keeps anything. */
class CredentialsTest {

  @TempDir private static Path root;
  private static Path home;
  private static Path pki;
  private static Repository repository;
  private static PeerHere peer;

  @BeforeAll
  static void makePeer() throws Exception {
    home = Files.createDirectory(root.resolve("home"));
    pki = root.resolve("pki");
    PeerPki.run(pki, List.of("init"));
    PeerPki.run(pki, List.of("issue", "laptop"));
    PeerPki.run(pki, List.of("issue", "other"));
    repository =
        Repository.init(root.resolve("repository")).write("mkfile", "test:V:\n\ttrue\n").commit();
    peer =
        new PeerHere(
            Map.of(
                "PEER_HOME", home.toString(),
                "PEER_IMAGE", Digest.of(new byte[0]).toString(),
                "PEER_CA", pki.resolve("ca.pem").toString(),
                "PEER_CERT", pki.resolve("laptop.pem").toString(),
                "PEER_KEY", pki.resolve("laptop-key.pem").toString()));
  }

  static Stream<Arguments> unusable() {
    return Stream.of(
        unusable("PEER_CA is not set", peer -> peer.without("PEER_CA")),
        unusable(
            "PEER_CERT and PEER_KEY are not set",
            peer -> peer.without("PEER_CERT").without("PEER_KEY")),
        unusable("which is not there", peer -> peer.with("PEER_CERT", "/nowhere/laptop.pem")),
        unusable("which is not there", peer -> peer.with("PEER_CA", "/nowhere/ca.pem")),
        unusable("cannot be read", peer -> peer.with("PEER_KEY", "/")),
        unusable("no certificate in it", peer -> peer.with("PEER_CERT", "/dev/null")),
        unusable("no private key in it", peer -> peer.with("PEER_KEY", "/dev/null")),
        unusable(
            "the private key does not belong to the first certificate",
            peer -> peer.with("PEER_KEY", pki.resolve("other-key.pem"))));
  }

  private static Arguments unusable(String error, UnaryOperator<PeerHere> change) {
    return Arguments.of(error, change);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unusable")
  void isAnErrorOfUse(String error, UnaryOperator<PeerHere> change) {
    PeerHere changed = change.apply(peer);

    changed.run(repository.directory(), "run").refuses(2, error);
    changed.run(repository.directory(), "replay").refuses(2, error);
    changed.run(root, "rendezvous", "--listen", "127.0.0.1:0").refuses(2, error);
    assertThat(home).isEmptyDirectory();
  }
}
