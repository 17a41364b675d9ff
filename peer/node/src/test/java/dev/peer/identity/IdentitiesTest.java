package dev.peer.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.access.Verb;
import dev.peer.core.pem.CredentialException;
import dev.peer.core.pem.Pem;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.Credentials;
import dev.peer.http.Https;
import dev.peer.http.HttpsServer;
import dev.peer.http.ServerLimits;
import dev.peer.identity.OwnFiles.Way;
import dev.peer.pki.issue.PemText;
import dev.peer.pki.issue.Purpose;
import dev.peer.pki.issue.Validity;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is read anew of a peer's own files, and what is not taken. */
@Timeout(300)
class IdentitiesTest {

  private static final String URI = "spiffe://team/server";

  private static TestAuthority team;
  private static TestAuthority strangers;
  private static Credentials first;
  private static Credentials second;
  private static Credentials mallory;

  private final List<String> said = new ArrayList<>();
  @TempDir private Path directory;
  private OwnFiles files;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
    strangers = new TestAuthority("strangers");
    first = team.issue(URI);
    second = team.issue(URI);
    mallory = team.issue("spiffe://team/mallory");
  }

  @BeforeEach
  void write() throws IOException {
    files = OwnFiles.in(directory, team.root(), first);
  }

  @ParameterizedTest
  @EnumSource
  void takesARenewedCertificateInWhateverWayItComes(Way way) throws Exception {
    Identities identities = identities();
    files.replace(second, way);

    look(identities);

    assertThat(said)
        .singleElement()
        .asString()
        .startsWith("reloaded: PEER_CERT and PEER_KEY; the own certificate holds until ");
    assertThat(identities.credentials().leaf()).isEqualTo(second.leaf());
  }

  @Test
  void saysNothingWhileNothingChanges() throws Exception {
    Identities identities = identities();

    look(identities);
    identities.refresh(true);

    assertThat(said).isEmpty();
  }

  @Test
  void doesNotTakeACertificateWithoutItsKeyAndSaysSoOnce() throws Exception {
    Identities identities = identities();
    files.writeCertificate(PemText.chain(second));

    look(identities);
    look(identities);

    assertThat(said)
        .containsExactly(
            "warning: PEER_CERT and PEER_KEY: not reloaded, the one before stays in use:"
                + " the private key does not belong to the first certificate");
    assertServes(identities, first);

    files.writeKey(second);
    look(identities);
    assertThat(said).singleElement().asString().startsWith("reloaded: PEER_CERT and PEER_KEY");
    assertServes(identities, second);
  }

  @Test
  void doesNotTakeATruncatedCertificate() throws Exception {
    Identities identities = identities();
    String whole = PemText.chain(second);
    files.writeCertificate(whole.substring(0, whole.length() / 2));
    files.writeKey(second);

    look(identities);

    assertThat(said).singleElement().asString().contains("not reloaded").contains("has no end");
    assertServes(identities, first);

    files.writeCertificate(whole);
    look(identities);
    assertServes(identities, second);
  }

  @Test
  void doesNotTakeACertificateThatOthersWouldRefuse() throws Exception {
    Identities identities = identities();
    files.replace(strangers.issue(URI), Way.LINK_SWAPPED);

    look(identities);

    assertThat(said).singleElement().asString().contains("would be refused by others");
    assertServes(identities, first);
  }

  @Test
  void takesACertificateTogetherWithTheAuthorityThatVouchesForIt() throws Exception {
    Identities identities = identities();
    Credentials other = strangers.issue(URI);
    files.replace(other, Way.RENAMED);
    files.write("PEER_CA", Pem.write(strangers.root()));

    look(identities);

    assertThat(said)
        .singleElement()
        .asString()
        .startsWith("reloaded: PEER_CA, PEER_CERT and PEER_KEY; ");
    assertThat(identities.credentials().leaf()).isEqualTo(other.leaf());
  }

  @Test
  void takesWhatIsWholeAtOnceWhenAsked() throws Exception {
    Identities identities = identities();
    files.replace(second, Way.RENAMED);

    identities.refresh(true);

    assertThat(said).hasSize(1);
    assertServes(identities, second);
  }

  @Test
  void tellsOfEachReload() throws Exception {
    AtomicInteger reloads = new AtomicInteger();
    Identities identities = identities();
    identities.whenReloaded(reloads::incrementAndGet);
    identities.refresh(true);
    assertThat(reloads).hasValue(0);
    files.replace(second, Way.RENAMED);

    identities.refresh(true);
    identities.refresh(true);

    assertThat(reloads).hasValue(1);
  }

  @Test
  void refusesWhoIsRevokedInAnyOfSeveralLists() throws Exception {
    files.write("PEER_CRL", list(strangers.revocationList()));
    Path second = Files.write(directory.resolve("team.der"), team.revocationList().getEncoded());
    files.with("PEER_CRL", directory.resolve("PEER_CRL") + "," + second);
    Identities identities = identities();
    try (HttpsServer server = serve(identities);
        Https https = new Https(team.peer(mallory), server.address())) {
      assertThat(https.send("GET", "/").status()).isEqualTo(204);

      Files.write(second, team.revocationList(mallory).getEncoded());
      look(identities);

      assertThat(https.send("GET", "/").status()).isEqualTo(403);
    }
    assertThat(said).singleElement().asString().startsWith("reloaded: PEER_CRL; ");
  }

  @Test
  void aRevocationTakesEffectAlthoughTheAuthoritiesAreDamaged() throws Exception {
    files.write("PEER_CRL", list(team.revocationList()));
    Identities identities = identities();
    try (HttpsServer server = serve(identities);
        Https https = new Https(team.peer(mallory), server.address())) {
      assertThat(https.send("GET", "/").status()).isEqualTo(204);

      files.write("PEER_CA", "-----BEGIN CERTIFICATE-----\n");
      files.write("PEER_CRL", list(team.revocationList(mallory)));
      look(identities);

      assertThat(https.send("GET", "/").status()).isEqualTo(403);
    }
    assertThat(said).hasSize(2);
    assertThat(said.getFirst()).startsWith("warning: PEER_CA: not reloaded");
    assertThat(said.getLast()).startsWith("reloaded: PEER_CRL; ");
  }

  @Test
  void aRevocationTakesEffectAlthoughItIsOurOwnToo() throws Exception {
    files.write("PEER_CRL", list(team.revocationList()));
    Identities identities = identities();
    try (HttpsServer server = serve(identities);
        Https https = new Https(team.peer(mallory), server.address())) {
      assertThat(https.send("GET", "/").status()).isEqualTo(204);

      files.write("PEER_CRL", list(team.revocationList(mallory, first)));
      look(identities);

      assertThat(https.send("GET", "/").status()).isEqualTo(403);
    }
    assertThat(said)
        .hasSize(2)
        .last()
        .asString()
        .startsWith("warning: others would refuse this peer's own certificate: ")
        .contains("was revoked");
  }

  @Test
  void readsRulesAnewFromTheirFile() throws Exception {
    files.write("PEER_ALLOW_FETCH", "uri:spiffe://team/mallory\n");
    Identities identities = identities();
    try (HttpsServer server = serve(identities);
        Https https = new Https(team.peer(mallory), server.address())) {
      assertThat(https.send("GET", "/").status()).isEqualTo(204);

      files.write("PEER_ALLOW_FETCH", "# nobody\n");
      look(identities);
      assertThat(https.send("GET", "/").status()).isEqualTo(403);

      files.write("PEER_ALLOW_FETCH", "spiffe://team/mallory\n");
      look(identities);
      assertThat(https.send("GET", "/").status()).isEqualTo(403);

      files.write("PEER_ALLOW_FETCH", "uri:spiffe://team/other\nuri:spiffe://team/mall*\n");
      look(identities);
      assertThat(https.send("GET", "/").status()).isEqualTo(204);
    }
    assertThat(said).hasSize(3);
    assertThat(said.get(1)).contains("PEER_ALLOW_FETCH: not reloaded").contains("not a term");
  }

  @Test
  void aFileOfRulesMustBeThere() {
    files.with("PEER_ALLOW_SIGN", "@" + directory.resolve("nothing"));

    assertThatThrownBy(this::identities)
        .isInstanceOf(CredentialException.class)
        .hasMessageContaining("PEER_ALLOW_SIGN names the file");
  }

  @Test
  void warnsOnceOfAnOverdueListThatCountsAsItStands() throws Exception {
    Instant now = Instant.now();
    Validity over = new Validity(now.minusSeconds(7200), now.minusSeconds(60));
    files.write("PEER_CRL", list(team.revocationList(over, mallory)));

    assertThatThrownBy(this::identities)
        .isInstanceOf(CredentialException.class)
        .hasMessageContaining("next update was due");

    files.with("PEER_CRL_MODE", "warn");
    Identities identities = identities();
    look(identities);
    assertThat(said)
        .singleElement()
        .asString()
        .startsWith("warning: the revocation list of \"CN=team\" is out of date")
        .endsWith("it counts as it stands");
  }

  @Test
  void warnsWhenTheOwnCertificateShouldHaveBeenRenewed() throws Exception {
    Validity last =
        new Validity(
            Instant.now().minus(Duration.ofHours(23)), Instant.now().plus(Duration.ofHours(1)));
    files.replace(team.issue(TestAuthority.request(URI).validity(last)), Way.RENAMED);
    Identities identities = identities();
    look(identities);
    assertThat(said).singleElement().asString().startsWith("warning: this peer's own certificate");

    files.replace(second, Way.RENAMED);
    look(identities);
    assertThat(said).hasSize(2);
  }

  @Test
  void countsTheTimestampsOfThoseWhomTheFileNamesNow() throws Exception {
    files.write("PEER_TSA_CA", Pem.write(team.root()));
    Identities identities = identities();
    Credentials tsa =
        strangers.issue(TestAuthority.request("urn:peer:tsa").purposes(Purpose.TIME_STAMPING));
    OwnFiles.in(directory.resolve("tsa"), strangers.root(), tsa);
    Path certificate = directory.resolve("tsa/data/cert.pem");
    Path key = directory.resolve("tsa/data/key.pem");
    assertThatThrownBy(() -> identities.timestampAuthority(certificate, key))
        .isInstanceOf(CredentialException.class)
        .hasMessageContaining("no peer would count these timestamps");

    files.write("PEER_TSA_CA", Pem.write(strangers.root()));
    look(identities);

    assertThat(said).singleElement().asString().startsWith("reloaded: PEER_TSA_CA; ");
    assertThat(identities.timestampAuthority(certificate, key)).isNotNull();
  }

  @Test
  void refusesAKeyForTimestampsThatIsOpenToOthers() throws Exception {
    Identities identities = identities();
    Credentials tsa =
        team.issue(TestAuthority.request("urn:peer:tsa").purposes(Purpose.TIME_STAMPING));
    OwnFiles.in(directory.resolve("tsa"), team.root(), tsa);
    Path certificate = directory.resolve("tsa/data/cert.pem");
    Path key = directory.resolve("tsa/data/key.pem");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));

    assertThatThrownBy(() -> identities.timestampAuthority(certificate, key))
        .isInstanceOf(CredentialException.class)
        .hasMessageContaining("--tsa-key: the private key in ")
        .hasMessageContaining("is open to others");
  }

  @Test
  void judgesResultsByTheListsWithoutACertificateOfItsOwn() throws Exception {
    files.write("PEER_CRL", list(team.revocationList(mallory)));
    Map<String, String> environment =
        Map.of(
            "HOME",
            directory.toString(),
            "PEER_CA",
            directory.resolve("PEER_CA").toString(),
            "PEER_CRL",
            directory.resolve("PEER_CRL").toString(),
            "PEER_CRL_MODE",
            "require");

    assertThat(Verifiers.verifier(PeerSettings.of(Settings.of(environment)), said::add))
        .isNotNull();
    assertThat(said).isEmpty();

    Map<String, String> without = new HashMap<>(environment);
    without.remove("PEER_CRL");
    assertThatThrownBy(() -> Verifiers.verifier(PeerSettings.of(Settings.of(without)), said::add))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no certificate could be trusted");
  }

  @Test
  void tellsTheEndOfACertificateFromItsApproach() {
    Instant from = first.leaf().getNotBefore().toInstant();
    Instant until = first.leaf().getNotAfter().toInstant();
    Duration tenth = Duration.between(from, until).dividedBy(10);

    assertThat(OwnValidity.warning(first.leaf(), until.minus(tenth))).isEmpty();
    assertThat(OwnValidity.warning(first.leaf(), until.minus(tenth).plusSeconds(1)))
        .hasValueSatisfying(text -> assertThat(text).contains("there is no new one yet"));
    assertThat(OwnValidity.warning(first.leaf(), until.plusSeconds(1)))
        .hasValueSatisfying(text -> assertThat(text).contains("others refuse it"));
  }

  private Identities identities() throws Exception {
    return Identities.of(files.settings(), said::add, CertificateRole.SERVER);
  }

  /** As often as it takes to see that files are whole, and once more. */
  private static void look(Identities identities) {
    for (int i = 0; i < 3; i++) {
      identities.refresh(false);
    }
  }

  private static HttpsServer serve(Identities identities) throws IOException {
    return HttpsServer.start(
        new TlsListener(identities.tls()),
        Https.LOOPBACK,
        ServerLimits.PEER,
        call -> {
          call.require(identities::rules, Verb.FETCH);
          call.answer(204);
        });
  }

  private void assertServes(Identities identities, Credentials expected) throws Exception {
    assertThat(identities.credentials().leaf()).isEqualTo(expected.leaf());
    said.clear();
  }

  private static String list(X509CRL list) {
    return PemText.revocationList(list);
  }
}
