package dev.peer.cli.setup;

import dev.peer.config.CallContext;
import dev.peer.config.PeerSettings;
import dev.peer.config.Setting;
import dev.peer.config.Settings;
import dev.peer.core.pem.Pem;
import dev.peer.core.progress.Notices;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.Credentials;
import dev.peer.home.HomeLayout;
import dev.peer.http.RequestLog;
import dev.peer.http.ServerLimits;
import dev.peer.http.ServerSettings;
import dev.peer.identity.Identities;
import dev.peer.network.ServerOperations;
import dev.peer.pki.issue.CertificateAuthority;
import dev.peer.pki.issue.CertificateRequest;
import dev.peer.pki.issue.PemText;
import dev.peer.pki.issue.Purpose;
import dev.peer.pki.issue.Validity;
import dev.peer.rendezvous.EmbeddedIndex;
import dev.peer.rendezvous.IndexSettings;
import dev.peer.rendezvous.RendezvousServer;
import dev.peer.run.VmExecutors;
import dev.peer.vm.image.GuestImage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Peers of an authority of their own, and their rendezvous on the loopback interface. Their keys
 * are never written to disk; closing removes their homes.
 */
final class Trial implements AutoCloseable {

  /** The one whose results count. */
  private static final String RUNNER = "laptop";

  private static final String REPLAYER = "ci";
  private static final String LOOPBACK = "127.0.0.1";

  /** Longer than any run. */
  private static final Duration VALIDITY = Duration.ofDays(2);

  /**
   * What of the machine's settings shapes a run; the others say who a peer is and whom it meets.
   */
  private static final Set<Setting> ABOUT_RUNS =
      Set.of(Setting.PEER_PREPARE_NETWORK, Setting.PEER_PREPARE_CA);

  private final ScratchDirectory files;
  private final CertificateAuthority authority;
  private final RendezvousServer rendezvous;

  private Trial(
      ScratchDirectory files, CertificateAuthority authority, RendezvousServer rendezvous) {
    this.files = files;
    this.authority = authority;
    this.rendezvous = rendezvous;
  }

  /**
   * Begins one.
   *
   * @param parent has a directory for each trial
   */
  static Trial begin(Path parent, Notices notices) throws Exception {
    ScratchDirectory.reap(parent);
    CertificateAuthority authority =
        CertificateAuthority.create("peer try", Validity.lasting(VALIDITY));
    ScratchDirectory files = ScratchDirectory.in(parent);
    try {
      return new Trial(files, authority, rendezvous(authority, files.path(), notices));
    } catch (Exception e) {
      files.close();
      throw e;
    }
  }

  private static RendezvousServer rendezvous(
      CertificateAuthority authority, Path files, Notices notices) throws Exception {
    CertificateRequest request = request("rendezvous").purposes(Purpose.SERVER_AUTH);
    Map<String, String> environment = identity(authority, request);
    environment.put(Setting.PEER_HOME.name(), files.toString());
    Identities identities =
        Identities.of(PeerSettings.of(Settings.of(environment)), notices, CertificateRole.SERVER);
    return RendezvousServer.start(
        identities.tls(),
        identities::rules,
        new EmbeddedIndex(IndexSettings.DEFAULT, System::nanoTime),
        Optional.empty(),
        new ServerSettings(
            new InetSocketAddress(InetAddress.ofLiteral(LOOPBACK), 0),
            ServerLimits.RENDEZVOUS,
            ServerOperations.operations(RequestLog.NONE)));
  }

  private static CertificateRequest request(String name) {
    return CertificateRequest.peer(name).validity(Validity.lasting(VALIDITY.dividedBy(2)));
  }

  private static Map<String, String> identity(
      CertificateAuthority authority, CertificateRequest request) {
    Credentials credentials = authority.issue(request);
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put(Setting.PEER_CA.name(), Pem.write(authority.certificate()));
    environment.put(Setting.PEER_CERT.name(), PemText.chain(credentials));
    environment.put(Setting.PEER_KEY.name(), PemText.privateKey(credentials.privateKey()));
    environment.put(Setting.PEER_ALLOW_SIGN.name(), "uri:" + CertificateRequest.uriOf(RUNNER));
    return environment;
  }

  /** Where the trial's files may be. */
  Path directory() {
    return files.path();
  }

  /**
   * The surroundings of the peer that runs.
   *
   * @param from the caller's; its settings of runs count
   * @param image the only one that this peer has
   * @param own the caller's home: the templates of machines and the directory for sockets are
   *     there, and stay
   */
  CallContext runner(CallContext from, GuestImage image, HomeLayout own) throws IOException {
    HomeLayout home = new HomeLayout(files.path().resolve(RUNNER));
    link(home.images().resolve(image.digest().hex()), image.directory());
    ScratchDirectory.createPrivate(own.templates());
    link(home.templates(), own.templates());
    link(home.socketsLink(), VmExecutors.sockets(own.home()));
    return peer(RUNNER, from, image);
  }

  private static void link(Path link, Path target) throws IOException {
    ScratchDirectory.createPrivate(link.getParent());
    Files.createSymbolicLink(link, target.toAbsolutePath());
  }

  /** The surroundings of the peer that replays, which has nothing. */
  CallContext replayer(CallContext from, GuestImage image) {
    return peer(REPLAYER, from, image);
  }

  private CallContext peer(String name, CallContext from, GuestImage image) {
    Map<String, String> environment = new LinkedHashMap<>();
    from.environment().keySet().stream()
        .filter(Trial::isKept)
        .forEach(variable -> environment.put(variable, from.environment().get(variable)));
    environment.putAll(identity(authority, request(name)));
    environment.put(Setting.PEER_HOME.name(), files.path().resolve(name).toString());
    environment.put(Setting.PEER_IMAGE.name(), image.digest().toString());
    environment.put(Setting.PEER_LISTEN.name(), LOOPBACK + ":0");
    environment.put(
        Setting.PEER_RENDEZVOUS.name(),
        "https://" + LOOPBACK + ":" + rendezvous.address().getPort());
    return new CallContext(from.directory(), environment);
  }

  private static boolean isKept(String variable) {
    return !variable.startsWith("PEER_")
        || Setting.named(variable)
            .filter(
                setting ->
                    setting.handOff() == Setting.HandOff.SENT || ABOUT_RUNS.contains(setting))
            .isPresent();
  }

  /** Ends the rendezvous and removes all files, also when the command is interrupted. */
  @Override
  public void close() throws IOException {
    boolean interrupted = Thread.interrupted();
    try (files) {
      rendezvous.close();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
