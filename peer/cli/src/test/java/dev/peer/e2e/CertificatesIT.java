package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Certificates decide who gets in: seen with curl and openssl as clients. */
@Timeout(900)
class CertificatesIT {

  private static Sample sample;
  private static Team team;
  private static Peer holder;
  private static String holderAddress;

  /** Everything that listens. */
  enum Listener {
    RENDEZVOUS,
    PEER;

    String address() {
      return this == RENDEZVOUS ? team.rendezvous() : holderAddress;
    }

    String hostAndPort() {
      return address().substring("https://".length());
    }
  }

  @BeforeAll
  static void startBoth() throws Exception {
    sample = Sample.get();
    team = sample.team();
    team.startRendezvous();
    holder = team.peer("holder");
    sample.startHolder(holder);
    holderAddress = team.addressOf(holder, team.authority().issue("client", Authority.Key.EC_P256));
  }

  @AfterAll
  static void nothingIsLeft() throws Exception {
    team.close();
  }

  @ParameterizedTest
  @EnumSource
  void aCertificateOfTheTeamGetsIn(Listener listener) throws Exception {
    Authority.Identity identity = team.authority().issue("client", Authority.Key.EC_P256);

    assertThat(status(listener, with(identity)).stdout()).isEqualTo("200");
  }

  @ParameterizedTest
  @EnumSource
  void aClientWithoutACertificateIsRefused(Listener listener) throws Exception {
    assertRefused(status(listener));
  }

  @ParameterizedTest
  @EnumSource
  void aCertificateOfAnotherAuthorityIsRefused(Listener listener) throws Exception {
    Authority other = Authority.create(Files.createTempDirectory(team.root(), "other"), "Team CA");

    assertRefused(status(listener, with(other.issue("client", Authority.Key.EC_P256))));
  }

  @ParameterizedTest
  @EnumSource
  void anExpiredCertificateIsRefused(Listener listener) throws Exception {
    Authority.Identity expired = team.authority().issueExpired("expired-" + listener);

    assertRefused(status(listener, with(expired)));
  }

  @ParameterizedTest
  @EnumSource
  void tls12IsRefused(Listener listener) throws Exception {
    Authority.Identity identity = team.authority().issue("client", Authority.Key.EC_P256);
    List<String> arguments = new ArrayList<>(with(identity));
    arguments.addAll(List.of("--tls-max", "1.2"));

    assertRefused(status(listener, arguments));
    Run openssl = handshake(listener, identity, "-tls1_2");
    assertThat(openssl.exitCode()).isNotZero();
    assertThat(openssl.stdout() + openssl.stderr()).contains("alert protocol version");
  }

  @ParameterizedTest
  @EnumSource
  void theListenerShowsACertificateOfTheTeam(Listener listener) throws Exception {
    Authority.Identity identity = team.authority().issue("client", Authority.Key.EC_P256);

    Run openssl = handshake(listener, identity, "-tls1_3").hasExitCode(0);

    assertThat(openssl.stdout()).contains("Verify return code: 0 (ok)").contains("TLSv1.3");
  }

  @Test
  void aPeerThatMayNotFetchIsToldSo() throws Exception {
    Team others = sample.team();
    others.startRendezvous();
    sample.startHolder(others.peer("holder").with("PEER_ALLOW_FETCH", "cn:friend"));

    Run stranger = others.peer("stranger").run(sample.repository(), "replay");
    Run friend = others.peer("friend").run(sample.repository(), "replay");

    stranger.refuses(3, "no reachable peer holds a result");
    assertThat(stranger.stderr()).contains("the holder CN=holder does not give the result");
    friend.hasExitCode(0);
    others.close();
  }

  @Test
  void certificatesOfPeerPkiDoAsWell() throws Exception {
    Path directory = team.root().resolve("peer-pki");
    String pki = Dist.command("peer-pki").toString();
    team.tool(pki, "init", "--dir", directory.toString()).hasExitCode(0);
    team.tool(pki, "issue", "laptop", "--dir", directory.toString()).hasExitCode(0);
    Peer laptop =
        team.peer(
                "of-peer-pki",
                new Authority.Identity(
                    directory.resolve("laptop.pem"), directory.resolve("laptop-key.pem")))
            .without("PEER_RENDEZVOUS");

    laptop
        .with("PEER_CA", directory.resolve("ca.pem"))
        .run(sample.repository(), "replay")
        .refuses(3, "no reachable peer");
    laptop.run(sample.repository(), "replay").refuses(2, "own certificate would be refused");
  }

  static Stream<Arguments> unusable() {
    return Stream.of(
        unusable(
            "own certificate would be refused by others: .*expired",
            peer ->
                peer.with("PEER_CERT", pem("expired.pem"))
                    .with("PEER_KEY", pem("expired-key.pem"))),
        unusable(
            "own certificate would be refused by others",
            peer -> peer.with("PEER_CA", pem("stranger/ca.pem"))));
  }

  private static Arguments unusable(String error, UnaryOperator<Peer> change) {
    return Arguments.of(error, change);
  }

  /** The others are in {@code CredentialsTest}. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("unusable")
  void credentialsOfItsOwnThatCanNotBeUsedAreAnErrorOfUse(String error, UnaryOperator<Peer> change)
      throws Exception {
    team.authority().issueExpired("expired");
    Authority.create(team.authority().directory().resolve("stranger"), "Stranger");
    Path home = Files.createDirectories(team.root().resolve("home-unusable"));
    Peer changed = change.apply(holder.with("PEER_HOME", home));

    changed.run(sample.repository(), "run").refuses(2, error);
    changed.run(sample.repository(), "replay").refuses(2, error);
    changed.run(team.root(), "rendezvous", "--listen", "127.0.0.1:0").refuses(2, error);
    assertThat(home).isEmptyDirectory();
  }

  private static Path pem(String name) {
    return team.authority().directory().resolve(name);
  }

  private static List<String> with(Authority.Identity identity) {
    return List.of("--cert", identity.certificate().toString(), "--key", identity.key().toString());
  }

  private static Run status(Listener listener, String... arguments)
      throws IOException, InterruptedException {
    return status(listener, List.of(arguments));
  }

  /** Asks with curl; stdout is the status. Names in certificates are not what peers go by. */
  private static Run status(Listener listener, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "-k", "-o", "/dev/null"));
    command.addAll(List.of("-w", "%{http_code}"));
    command.addAll(arguments);
    command.add(listener.address() + "/v1/status");
    return team.tool(command.toArray(String[]::new));
  }

  private static void assertRefused(Run curl) {
    assertThat(curl.exitCode()).isNotZero();
    assertThat(curl.stdout()).isEqualTo("000");
    assertThat(curl.stderr()).containsIgnoringCase("alert");
  }

  private static Run handshake(Listener listener, Authority.Identity identity, String version)
      throws IOException, InterruptedException {
    return team.tool(
        "openssl",
        "s_client",
        version,
        "-connect",
        listener.hostAndPort(),
        "-CAfile",
        team.authority().certificate().toString(),
        "-verify_return_error",
        "-cert",
        identity.certificate().toString(),
        "-key",
        identity.key().toString());
  }
}
