package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.e2e.ToolChain.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A peer and a rendezvous with certificates of common tools, and curl, openssl and a browser as
 * their clients; a result of theirs read without peer.
 */
@Timeout(900)
class ToolClientsIT {

  private static Sample sample;
  private static Team team;
  private static Peer holder;
  private static String holderAddress;

  /** Everything that listens, each with the authority that issued its certificate above it. */
  enum Listener {
    RENDEZVOUS(Tool.OPENSSL, ToolChain.Key.ED25519),
    PEER(Tool.CERTTOOL, ToolChain.Key.RSA);

    private final Tool tool;
    private final ToolChain.Key key;

    Listener(Tool tool, ToolChain.Key key) {
      this.tool = tool;
      this.key = key;
    }

    ToolChain chain() throws Exception {
      return ToolChain.of(tool, key);
    }

    String address() {
      return this == RENDEZVOUS ? team.rendezvous() : holderAddress;
    }
  }

  @BeforeAll
  static void startBoth() throws Exception {
    sample = Sample.get();
    team = sample.team();
    Path trusted = team.root().resolve("trusted.pem");
    Files.writeString(
        trusted,
        ToolChain.read(team.authority().certificate())
            + ToolChain.roots()
            + ofBrowser(ToolChain.Key.EC).issuer()
            + ofBrowser(ToolChain.Key.RSA).issuer());
    team.startRendezvous(
        team.peer("rendezvous", Listener.RENDEZVOUS.chain().peer()).with("PEER_CA", trusted));
    holder = team.peer("holder", Listener.PEER.chain().peer()).with("PEER_CA", trusted);
    sample.startHolder(holder);
    holderAddress = team.addressOf(holder, ToolChain.of(Tool.OPENSSL, ToolChain.Key.EC).peer());
  }

  @AfterAll
  static void nothingIsLeft() throws Exception {
    team.close();
  }

  static List<ToolChain> all() throws Exception {
    return ToolChain.all();
  }

  @ParameterizedTest
  @MethodSource("all")
  void curlGetsInWithACertificateOfEachToolAndKey(ToolChain chain) throws Exception {
    for (Listener listener : Listener.values()) {
      Run curl = curl(listener, chain.peer().certificate(), chain.peer().key()).hasExitCode(0);

      assertThat(curl.stdout()).startsWith("{\"");
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void curlIsRefusedWithACertificateForServersAlone(ToolChain chain) throws Exception {
    for (Listener listener : Listener.values()) {
      assertRefused(curl(listener, chain.server().certificate(), chain.server().key()));
    }
  }

  @ParameterizedTest
  @EnumSource
  void curlIsRefusedWithoutTheAuthorityAboveItsCertificate(Listener listener) throws Exception {
    ToolChain chain = ToolChain.of(Tool.CFSSL, ToolChain.Key.EC);
    String pem = ToolChain.read(chain.peer().certificate());
    Path alone = team.root().resolve("alone-" + listener + ".pem");
    Files.writeString(alone, pem.substring(0, pem.length() - chain.issuer().length()));

    assertRefused(curl(listener, alone, chain.peer().key()));
  }

  @ParameterizedTest
  @EnumSource
  void opensslFindsTheListenersCertificateGood(Listener listener) throws Exception {
    for (ToolChain.Key key : ToolChain.Key.values()) {
      Authority.Identity client = ToolChain.of(Tool.EASYRSA, key).peer();
      Run openssl =
          team.tool(
                  "openssl",
                  "s_client",
                  "-connect",
                  listener.address().substring("https://".length()),
                  "-CAfile",
                  listener.chain().root().toString(),
                  "-verify_return_error",
                  "-verify_ip",
                  "127.0.0.1",
                  "-cert",
                  client.certificate().toString(),
                  "-cert_chain",
                  client.certificate().toString(),
                  "-key",
                  client.key().toString())
              .hasExitCode(0);

      assertThat(openssl.stdout()).contains("Verify return code: 0 (ok)").contains("TLSv1.3");
    }
  }

  /**
   * Browsers know no Ed25519. Without the names of authorities, which our listeners tell nobody, a
   * browser does not send those between: so the one above its certificate is trusted by itself.
   */
  @ParameterizedTest
  @EnumSource(names = {"EC", "RSA"})
  void chromiumGetsInWithACertificate(ToolChain.Key key) throws Exception {
    Browser browser =
        Browser.trusting(team, Listener.PEER.chain().root()).with(ofBrowser(key).peer());

    Run page = browser.open(holderAddress, "/v1/status");

    assertThat(page.stdout())
        .as(page.stderr())
        .contains("{\"peer\":\"spiffe://example.org/peer\",\"results\":1}");
  }

  @Test
  void chromiumIsRefusedWithoutACertificate() throws Exception {
    Run page =
        Browser.trusting(team, Listener.PEER.chain().root()).open(holderAddress, "/v1/status");

    assertThat(page.stdout()).doesNotContain("results");
    assertThat(page.stderr()).contains("ERR_BAD_SSL_CLIENT_AUTH_CERT");
  }

  @Test
  void anAttestationIsCheckedWithoutPeer() throws Exception {
    Path result = holder.onlyResult();
    String script = Dist.sources().resolve("examples/check-attestation").toString();
    String attestation = result.resolve("attestation.json").toString();

    Run holds =
        team.tool(
            script,
            attestation,
            team.authority().certificate().toString(),
            result.resolve("bundle.tar.zst").toString());
    Run other = team.tool(script, attestation, Listener.PEER.chain().root().toString());

    assertThat(holds.hasExitCode(0).stdout())
        .contains("subject=CN=signer")
        .contains("\"gitTree\"")
        .contains(result.getParent().getFileName().toString());
    assertThat(other.hasExitCode(1).stderr()).contains("certificate does not hold");
  }

  private static ToolChain ofBrowser(ToolChain.Key key) throws IOException {
    return ToolChain.of(Tool.EASYRSA, key);
  }

  /** Asks for the status, and verifies the listener's certificate and address as curl does. */
  private static Run curl(Listener listener, Path certificate, Path key) throws Exception {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "--fail-with-body"));
    command.addAll(List.of("--cacert", listener.chain().root().toString()));
    command.addAll(List.of("--cert", certificate.toString(), "--key", key.toString()));
    command.add(listener.address() + "/v1/status");
    return team.tool(command.toArray(String[]::new));
  }

  private static void assertRefused(Run curl) {
    assertThat(curl.exitCode()).isNotZero();
    assertThat(curl.stdout()).isEmpty();
    assertThat(curl.stderr()).containsIgnoringCase("alert");
  }
}
