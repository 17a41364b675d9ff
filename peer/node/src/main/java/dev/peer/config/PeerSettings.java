package dev.peer.config;

import dev.peer.core.id.RepoId;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.trust.RevocationMode;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * This peer's identity, its reach and its rules.
 *
 * @param home an absolute path; the directory need not exist
 * @param cert its certificate chain
 * @param key the certificate's private key
 * @param ca the trusted CAs
 * @param crl their revocation lists
 * @param crlMode how strict the lists' use is
 * @param tsa the authority that stamps results signed here
 * @param tsaCa the CAs whose timestamps count; absent: the trusted ones
 * @param allowFetch the rule for fetching; absent: everyone of the CA, empty text: nobody
 * @param allowAnnounce the rule for announcing; likewise
 * @param allowSign whose results count; likewise
 * @param allowImage the rule for guest images of peers; absent: that for signing
 * @param requireKept the widest origin of a run's disk with which its result counts
 * @param rendezvous {@code https://HOST[:PORT]} without a path, each once, in the order given
 * @param repo the repository's name, where it is not to be taken from git
 * @param listen where to serve; port 0 is any
 * @param advertise where others reach this peer
 * @param relays {@code https://HOST:PORT} of the relays through which others reach this peer, each
 *     once
 */
public record PeerSettings(
    Path home,
    Optional<PemSource> cert,
    Optional<PemSource> key,
    Optional<PemSource> ca,
    List<PemSource> crl,
    RevocationMode crlMode,
    Optional<URI> tsa,
    Optional<PemSource> tsaCa,
    Optional<RuleSource> allowFetch,
    Optional<RuleSource> allowAnnounce,
    Optional<RuleSource> allowSign,
    Optional<RuleSource> allowImage,
    KeptOrigin requireKept,
    List<URI> rendezvous,
    Optional<RepoId> repo,
    Optional<HostPort> listen,
    List<HostPort> advertise,
    List<URI> relays) {

  /** Copies the lists. */
  public PeerSettings {
    crl = List.copyOf(crl);
    rendezvous = List.copyOf(rendezvous);
    advertise = List.copyOf(advertise);
    relays = List.copyOf(relays);
  }

  /** Reads them. */
  public static PeerSettings of(Settings settings) throws ConfigException {
    return new PeerSettings(
        home(settings),
        pem(settings, Setting.PEER_CERT),
        pem(settings, Setting.PEER_KEY),
        pem(settings, Setting.PEER_CA),
        crl(settings),
        crlMode(settings),
        settings.read(
            Setting.PEER_TSA,
            ValueForms::web,
            "an http or https URL",
            "https://meet.example.org:8443/v1/timestamp"),
        pem(settings, Setting.PEER_TSA_CA),
        rule(settings, Setting.PEER_ALLOW_FETCH),
        rule(settings, Setting.PEER_ALLOW_ANNOUNCE),
        rule(settings, Setting.PEER_ALLOW_SIGN),
        rule(settings, Setting.PEER_ALLOW_IMAGE),
        settings
            .valueOrDefault(Setting.PEER_REQUIRE_KEPT)
            .read(KeptOrigin::parse, "blank, trunk, history or any", "trunk"),
        rendezvous(settings),
        repo(settings),
        listen(settings),
        advertise(settings),
        relays(settings));
  }

  /** The directory alone, for commands that need nothing else. */
  public static Path home(Settings settings) throws ConfigException {
    Optional<Path> home = settings.read(Setting.PEER_HOME, Path::of, "a path", "/var/lib/peer");
    return home.isPresent() ? absolute(home.get()) : absolute(byDefault(settings));
  }

  private static Path absolute(Path path) {
    return path.toAbsolutePath().normalize();
  }

  private static Path byDefault(Settings settings) throws ConfigException {
    // A relative XDG path is to be passed over, says the XDG base directory specification.
    Optional<String> state =
        settings.ofEnvironment("XDG_STATE_HOME").filter(path -> path.startsWith("/"));
    Optional<String> user = settings.ofEnvironment("HOME").map(path -> path + "/.local/state");
    String parent =
        state
            .or(() -> user)
            .orElseThrow(
                () ->
                    new ConfigException(
                        "there is no place for results: PEER_HOME, XDG_STATE_HOME and HOME are"
                            + " unset",
                        "set PEER_HOME to a directory"));
    return Path.of(parent, "peer");
  }

  /** The settings that every connection needs. */
  public CredentialSources credentials() throws ConfigException {
    List<String> unset = new ArrayList<>();
    if (cert.isEmpty()) {
      unset.add(Setting.PEER_CERT.name());
    }
    if (key.isEmpty()) {
      unset.add(Setting.PEER_KEY.name());
    }
    if (ca.isEmpty()) {
      unset.add(Setting.PEER_CA.name());
    }
    if (!unset.isEmpty()) {
      throw new ConfigException(
          String.join(" and ", unset) + (unset.size() == 1 ? " is" : " are") + " not set",
          "set each to a PEM file; `peer-pki init` and `peer-pki issue` make a set for a trial");
    }
    requireLists();
    return new CredentialSources(
        cert.orElseThrow(), key.orElseThrow(), ca.orElseThrow(), crl, crlMode);
  }

  private void requireLists() throws ConfigException {
    if (crl.isEmpty() && crlMode == RevocationMode.REQUIRE) {
      throw new ConfigException(
          "PEER_CRL_MODE is require, and PEER_CRL is not set: no certificate could be trusted",
          "set PEER_CRL to the revocation lists of all CAs, or PEER_CRL_MODE to current");
    }
  }

  /** The settings for trust, for commands that judge others and need no identity. */
  public PemSource trustedCas() throws ConfigException {
    requireLists();
    return ca.orElseThrow(
        () ->
            new ConfigException(
                Setting.PEER_CA + " is not set",
                "set it to a PEM file of the CAs to trust; `peer-pki init` makes one for a trial"));
  }

  private static Optional<PemSource> pem(Settings settings, Setting setting)
      throws ConfigException {
    return settings.read(setting, PemSource::parse, "a path or PEM text", "/etc/peer/file.pem");
  }

  private static List<PemSource> crl(Settings settings) throws ConfigException {
    return settings
        .read(
            Setting.PEER_CRL,
            PemSource::parseAll,
            "paths separated by commas, or PEM text",
            "/etc/peer/root.crl,/etc/peer/team.crl")
        .orElse(List.of());
  }

  private static RevocationMode crlMode(Settings settings) throws ConfigException {
    return settings
        .valueOrDefault(Setting.PEER_CRL_MODE)
        .read(RevocationMode::parse, "require, current or warn", "require");
  }

  private static Optional<RuleSource> rule(Settings settings, Setting setting)
      throws ConfigException {
    return settings.read(setting, RuleSource::parse, "a rule or @FILE", "@/etc/peer/rules");
  }

  private static List<URI> rendezvous(Settings settings) throws ConfigException {
    return settings
        .valueOrDefault(Setting.PEER_RENDEZVOUS)
        .readEach(
            ValueForms::server, "https://HOST:PORT without a path", "https://meet.example.org:8443")
        .stream()
        .distinct()
        .toList();
  }

  /** The repository's name alone, where it is not to be taken from git. */
  public static Optional<RepoId> repo(Settings settings) throws ConfigException {
    return settings.read(
        Setting.PEER_REPO,
        RepoId::new,
        "1 to 512 visible characters without blanks",
        "git.example.org/team/project");
  }

  private static Optional<HostPort> listen(Settings settings) throws ConfigException {
    return settings.read(Setting.PEER_LISTEN, HostPort::parse, "HOST:PORT", "0.0.0.0:8443");
  }

  private static List<HostPort> advertise(Settings settings) throws ConfigException {
    return settings
        .valueOrDefault(Setting.PEER_ADVERTISE)
        .readEach(PeerSettings::reachable, "HOST:PORT with a port above 0", "10.0.0.7:8443");
  }

  private static List<URI> relays(Settings settings) throws ConfigException {
    return settings
        .valueOrDefault(Setting.PEER_RELAY)
        .readEach(
            PeerSettings::relay,
            "https://HOST:PORT without a path",
            "https://meet.example.org:7444")
        .stream()
        .distinct()
        .toList();
  }

  private static URI relay(String text) {
    URI relay = ValueForms.server(text);
    ValueForms.require(relay.getPort() > 0);
    return relay;
  }

  private static HostPort reachable(String text) {
    HostPort address = HostPort.parse(text);
    ValueForms.require(address.port() > 0);
    return address;
  }
}
