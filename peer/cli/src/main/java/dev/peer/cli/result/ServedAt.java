package dev.peer.cli.result;

import dev.peer.cli.console.Output;
import dev.peer.client.Timeouts;
import dev.peer.client.fetch.NamedAddress;
import dev.peer.config.ConfigException;
import dev.peer.config.HostPort;
import dev.peer.config.PeerSettings;
import dev.peer.core.find.FetchException;
import dev.peer.core.pem.CredentialException;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import dev.peer.core.trust.CertificateRole;
import dev.peer.daemon.socket.DaemonConnection;
import dev.peer.daemon.socket.DaemonFile;
import dev.peer.home.HomeLayout;
import dev.peer.identity.Identities;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.tls.TlsIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.Optional;

/** Where the daemon of a home, or a run that serves, has its pages. */
final class ServedAt {

  private static final String ITSELF = "localhost";

  private ServedAt() {}

  /**
   * Finds the address for a browser on this machine.
   *
   * @throws CommandException if nothing serves
   */
  static String find(PeerSettings peer, Output output)
      throws CommandException,
          ConfigException,
          CredentialException,
          IOException,
          InterruptedException {
    Optional<DaemonFile> daemon = DaemonFile.ofRunning(new HomeLayout(peer.home()).daemon());
    HostPort bound = daemon.isPresent() ? ofDaemon(daemon.get(), peer) : ofRun(peer, output);
    return "https://" + peer.reach().advertise().stream().findFirst().orElse(here(bound));
  }

  private static HostPort ofDaemon(DaemonFile daemon, PeerSettings peer)
      throws CommandException, InterruptedException {
    Optional<String> address;
    try (DaemonConnection connection = DaemonConnection.to(daemon)) {
      address =
          StrictJson.parse("the daemon's status", connection.status()).optionalText("address");
    } catch (IOException | MalformedException e) {
      throw new CommandException(
          ExitCode.INFRASTRUCTURE,
          "the daemon does not answer: process " + daemon.pid() + ": " + e.getMessage(),
          "its log is " + new HomeLayout(peer.home()).daemonLog(),
          e);
    }
    return address
        .map(text -> HostPort.parse(URI.create(text).getAuthority()))
        .orElseThrow(
            () ->
                new CommandException(
                    ExitCode.NO_RESULT,
                    "the daemon serves nobody, and so has no pages",
                    "set PEER_RENDEZVOUS and start it again, or write one result with `peer show"
                        + " --html FILE`"));
  }

  /** A run that serves at a port which the settings name; its certificate says that it is ours. */
  private static HostPort ofRun(PeerSettings peer, Output output)
      throws CommandException, ConfigException, CredentialException, InterruptedException {
    Optional<HostPort> listen = peer.reach().listen().filter(at -> at.port() != 0);
    if (listen.isPresent()
        && isOurs(Identities.of(peer, output, CertificateRole.CLIENT).tls(), here(listen.get()))) {
      return listen.get();
    }
    throw new CommandException(
        ExitCode.NO_RESULT,
        "no daemon runs for " + peer.home() + ", and no run serves at PEER_LISTEN",
        "`peer daemon start` starts one; `peer show --html FILE` writes a page without");
  }

  private static boolean isOurs(TlsIdentity own, HostPort at) throws InterruptedException {
    try {
      return NamedAddress.ask(own, URI.create("https://" + at), Timeouts.DEFAULT)
          .id()
          .equals(own.id());
    } catch (FetchException e) {
      // Nothing listens there, or nothing of our team.
      return false;
    }
  }

  private static HostPort here(HostPort bound) {
    try {
      return InetAddress.ofLiteral(bound.host()).isAnyLocalAddress()
          ? new HostPort(ITSELF, bound.port())
          : bound;
    } catch (IllegalArgumentException e) {
      // A name.
      return bound;
    }
  }
}
