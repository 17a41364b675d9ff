package dev.peer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.peer.core.id.RepoId;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.trust.RevocationMode;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeerSettingsTest {

  @Test
  void defaults() throws ConfigException {
    assertThat(of(Map.of()))
        .isEqualTo(
            new PeerSettings(
                Path.of("/home/me/.local/state/peer"),
                Optional.empty(),
                new IdentitySettings(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    new IdentitySettings.Revocation(List.of(), RevocationMode.CURRENT),
                    new IdentitySettings.Timestamps(Optional.empty(), Optional.empty())),
                new ReachSettings(List.of(), Optional.empty(), List.of(), List.of()),
                new RuleSettings(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    KeptOrigin.TRUNK,
                    10)));
  }

  @Test
  void readsEverySetting() throws ConfigException {
    Map<String, String> environment =
        Map.ofEntries(
            Map.entry("PEER_HOME", "/var/lib/peer/"),
            Map.entry("PEER_CERT", "/etc/peer/cert.pem"),
            Map.entry("PEER_KEY", "key.pem"),
            Map.entry("PEER_CA", "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n"),
            Map.entry("PEER_CRL", "crl.pem, /etc/peer/the team.crl"),
            Map.entry("PEER_CRL_MODE", "require"),
            Map.entry("PEER_TSA", "http://tsa.example.org/tsr?a=b"),
            Map.entry("PEER_TSA_CA", "tsa-ca.pem"),
            Map.entry("PEER_ALLOW_FETCH", "dns:*.example.org"),
            Map.entry("PEER_ALLOW_ANNOUNCE", "@/etc/peer/rules"),
            Map.entry("PEER_ALLOW_SIGN", ""),
            Map.entry("PEER_ALLOW_IMAGE", "ou:build"),
            Map.entry("PEER_ALLOW_PREPARE", "ou:prepare"),
            Map.entry("PEER_REQUIRE_KEPT", "blank"),
            Map.entry("PEER_REQUIRE_TRIES", "1"),
            Map.entry("PEER_RENDEZVOUS", "https://A.example.org/, https://b:8443 https://b:8443"),
            Map.entry("PEER_REPO", "team/project"),
            Map.entry("PEER_LISTEN", "[::]:0"),
            Map.entry("PEER_ADVERTISE", "10.0.0.7:8443,[2001:db8::7]:8443"),
            Map.entry("PEER_RELAY", "https://a:7444/, https://b:7444 https://A:7444"));
    assertThat(of(environment))
        .isEqualTo(
            new PeerSettings(
                Path.of("/var/lib/peer"),
                Optional.of(new RepoId("team/project")),
                new IdentitySettings(
                    Optional.of(new PemSource.File(Path.of("/etc/peer/cert.pem"))),
                    Optional.of(new PemSource.File(Path.of("key.pem"))),
                    Optional.of(
                        new PemSource.Inline(
                            "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----")),
                    new IdentitySettings.Revocation(
                        List.of(
                            new PemSource.File(Path.of("crl.pem")),
                            new PemSource.File(Path.of("/etc/peer/the team.crl"))),
                        RevocationMode.REQUIRE),
                    new IdentitySettings.Timestamps(
                        Optional.of(URI.create("http://tsa.example.org/tsr?a=b")),
                        Optional.of(new PemSource.File(Path.of("tsa-ca.pem"))))),
                new ReachSettings(
                    List.of(URI.create("https://a.example.org"), URI.create("https://b:8443")),
                    Optional.of(new HostPort("::", 0)),
                    List.of(new HostPort("10.0.0.7", 8443), new HostPort("2001:db8::7", 8443)),
                    List.of(URI.create("https://a:7444"), URI.create("https://b:7444"))),
                new RuleSettings(
                    Optional.of(new RuleSource.Text("dns:*.example.org")),
                    Optional.of(new RuleSource.File(Path.of("/etc/peer/rules"))),
                    Optional.of(new RuleSource.Text("")),
                    Optional.of(new RuleSource.Text("ou:build")),
                    Optional.of(new RuleSource.Text("ou:prepare")),
                    KeptOrigin.BLANK,
                    1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://a", "http://a:7444", "a:7444", "https://a:0", "https://a:1/x"})
  void refusesARelayThatIsNoHostWithItsPort(String url) {
    refused("PEER_RELAY", url, "PEER_RELAY in the environment is not https://HOST:PORT");
  }

  @Test
  void refusesARequirementThatIsNoOrigin() {
    refused(
        "PEER_REQUIRE_KEPT",
        "main",
        "PEER_REQUIRE_KEPT in the environment is not blank, layers, trunk, history or any");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "11", "once"})
  void refusesANumberOfTriesThatNoRunHas(String tries) {
    refused("PEER_REQUIRE_TRIES", tries, "PEER_REQUIRE_TRIES in the environment is not a number");
  }

  @Test
  void theRendezvousMayComeFromTheRepository() throws ConfigException {
    Settings settings =
        SettingsTest.settings(Map.of("HOME", "/h"), "PEER_RENDEZVOUS=https://a:1\n");
    assertThat(PeerSettings.of(settings).reach().rendezvous())
        .containsExactly(URI.create("https://a:1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tsa.example.org",
        "ftp://tsa/",
        "https://me:pw@tsa/",
        "https:///tsr",
        "http://a#b"
      })
  void refusesAnAuthorityForTimestampsThatIsNoWebAddress(String url) {
    refused("PEER_TSA", url, "PEER_TSA in the environment is not an http or https URL");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          /p, /x, /h, /p
          -,  /x, /h, /x/peer
          '', /x, /h, /x/peer
          -,  x,  /h, /h/.local/state/peer
          -,  '', /h, /h/.local/state/peer
          -,  -,  /h, /h/.local/state/peer
          -,  /x, -,  /x/peer
          """)
  void findsTheHomeByTheXdgRules(String home, String state, String user, String expected)
      throws ConfigException {
    Map<String, String> environment = new HashMap<>();
    environment.put("PEER_HOME", home);
    environment.put("XDG_STATE_HOME", state);
    environment.put("HOME", user);
    environment.values().removeIf(value -> value == null);
    assertThat(PeerSettings.home(Settings.of(environment))).isEqualTo(Path.of(expected));
  }

  @Test
  void aRelativeHomeIsMadeAbsolute() throws ConfigException {
    assertThat(PeerSettings.home(Settings.of(Map.of("PEER_HOME", "state")))).isAbsolute();
  }

  @Test
  void withoutAnyHomeThereIsNoPlace() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> PeerSettings.home(Settings.of(Map.of("HOME", ""))))
        .satisfies(e -> assertThat(e.hint()).contains("PEER_HOME"));
  }

  @Test
  void pemTextGetsItsLineBreaksBack() throws ConfigException {
    PeerSettings settings =
        of(Map.of("PEER_KEY", "-----BEGIN PRIVATE KEY-----\\nMII\\n-----END PRIVATE KEY-----"));
    assertThat(settings.identity().key())
        .hasValue(
            new PemSource.Inline("-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----"));
  }

  @Test
  void aKeyIsNeverShown() throws ConfigException {
    PeerSettings settings = of(Map.of("PEER_KEY", "-----BEGIN PRIVATE KEY-----\nsecret"));
    assertThat(settings.toString()).doesNotContain("secret");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> of(Map.of("PEER_KEY", "secret\nkey-----")))
        .satisfies(e -> assertThat(e.getMessage() + e.hint()).doesNotContain("secret"));
  }

  @Test
  void credentialsNeedAllThree() throws ConfigException {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> of(Map.of("PEER_CERT", "c.pem")).identity().credentials())
        .withMessage("PEER_KEY and PEER_CA are not set");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> of(Map.of("PEER_CERT", "c", "PEER_KEY", "k")).identity().credentials())
        .withMessage("PEER_CA is not set");
    assertThat(
            of(Map.of("PEER_CERT", "c", "PEER_KEY", "k", "PEER_CA", "a")).identity().credentials())
        .isEqualTo(
            new CredentialSources(
                new PemSource.File(Path.of("c")),
                new PemSource.File(Path.of("k")),
                new PemSource.File(Path.of("a")),
                new IdentitySettings.Revocation(List.of(), RevocationMode.CURRENT)));
  }

  @Test
  void revocationListsThatAreRequiredMustBeThere() throws ConfigException {
    Map<String, String> environment = new HashMap<>();
    environment.put("PEER_CERT", "c");
    environment.put("PEER_KEY", "k");
    environment.put("PEER_CA", "a");
    environment.put("PEER_CRL_MODE", "require");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> of(environment).identity().credentials())
        .withMessageContaining("PEER_CRL is not set");
    environment.put("PEER_CRL", "l");
    assertThat(of(environment).identity().credentials().revocation().mode())
        .isEqualTo(RevocationMode.REQUIRE);
  }

  @Test
  void revocationListsMayBeInTheVariable() throws ConfigException {
    String pem = "-----BEGIN X509 CRL-----\nMII,=\n-----END X509 CRL-----";
    assertThat(of(Map.of("PEER_CRL", pem)).identity().revocation().lists())
        .containsExactly(new PemSource.Inline(pem));
  }

  @Test
  void refusesWhatIsNoFileOfARuleOrOfAList() {
    refused("PEER_ALLOW_SIGN", "@", "is not a rule or @FILE");
    refused("PEER_CRL", "a.crl,,b.crl", "is not paths separated by commas, or PEM text");
    refused("PEER_CRL_MODE", "ignore", "is not require, current or warn: \"ignore\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://a:1",
        "a:1",
        "https://",
        "https://a:1/path",
        "https://a:1?x",
        "https://a:1#x",
        "https://a:0",
        "https://a:70000",
        "https:a",
        "https://a:1;https://b:1",
      })
  void refusesARendezvousOfAnotherForm(String url) {
    refused("PEER_RENDEZVOUS", url, "PEER_RENDEZVOUS in the environment is not https://HOST:PORT");
  }

  @ParameterizedTest
  @CsvSource({
    "PEER_RENDEZVOUS, https://a_b:1",
    "PEER_RENDEZVOUS, https://meet_1.example.org",
    "PEER_RELAY, https://a_b:1",
    "PEER_ADVERTISE, a_b:1",
    "PEER_TSA, http://a_b/tsr"
  })
  void namesTheUnderscoreOfAHostThatNoUrlCanHave(String setting, String value) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> of(Map.of(setting, value)))
        .withMessage(
            setting
                + " in the environment names a host with an underscore, which no URL and no"
                + " certificate allows: \""
                + value
                + "\"")
        .satisfies(e -> assertThat(e.hint()).endsWith("getent hosts NAME"));
  }

  @Test
  void aPasswordInAUrlIsNotShown() {
    ConfigException e = refused("PEER_RENDEZVOUS", "https://me:secret@a:1", "(not shown)");
    assertThat(e.getMessage()).doesNotContain("secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8443",
        ":8443",
        "a",
        "a:",
        "a:x",
        "a:65536",
        "::1:80",
        "[::1]",
        "[a]:1",
        "[1:2]:1",
        "[fe80::1%eth0]:1"
      })
  void refusesAnAddressOfAnotherForm(String address) {
    refused("PEER_LISTEN", address, "PEER_LISTEN in the environment is not HOST:PORT");
    refused("PEER_ADVERTISE", address, "PEER_ADVERTISE in the environment is not HOST:PORT");
  }

  /** It is of this machine alone, and others would take another interface for it. */
  @ParameterizedTest
  @ValueSource(strings = {"PEER_RENDEZVOUS", "PEER_RELAY"})
  void refusesAServerByAnAddressWithAZone(String setting) {
    for (String zone : List.of("%25eth0", "%eth0", "%252")) {
      refused(setting, "https://[fe80::1" + zone + "]:8443", "without a path or a zone");
    }
    refused(setting, "https://fe80::1:8443", "https://HOST:PORT without a path");
  }

  @Test
  void anAddressWithAZoneIsRefusedInWords() {
    refused("PEER_LISTEN", "[fe80::1%eth0]:8443", "or [IPV6]:PORT without a zone");
    refused("PEER_ADVERTISE", "[fe80::1%2]:8443", "or [IPV6]:PORT without a zone");
  }

  @Test
  void nobodyReachesPortZero() {
    refused("PEER_ADVERTISE", "a:0", "with a port above 0");
  }

  @Test
  void refusesARepositoryWithBlanks() {
    refused("PEER_REPO", "a b", "without blanks: \"a b\"");
    refused("PEER_REPO", "layers:/ab", "is not a repository's name of 1 to 512");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a.example.org:1", "10.0.0.7:65535", "[2001:db8::1]:0", "[::ffff:10.0.0.7]:5"})
  void anAddressIsWrittenAsItIsRead(String address) {
    assertThat(HostPort.parse(address)).hasToString(address);
  }

  private static PeerSettings of(Map<String, String> environment) throws ConfigException {
    Map<String, String> all = new HashMap<>(environment);
    all.put("HOME", "/home/me");
    return PeerSettings.of(Settings.of(all));
  }

  private static ConfigException refused(String name, String value, String message) {
    ConfigException[] refused = new ConfigException[1];
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> of(Map.of(name, value)))
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.hint()).startsWith("for example " + name + "="))
        .satisfies(e -> refused[0] = e);
    return refused[0];
  }
}
