package dev.peer.cli.server;

import dev.peer.cli.console.LogOptions;
import dev.peer.cli.console.Output;
import dev.peer.cli.option.HostPortConverter;
import dev.peer.cli.option.SizeConverter;
import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Syntax;
import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.config.HostPort;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.openssl.OpenSsl;
import dev.peer.core.pem.CredentialException;
import dev.peer.core.trust.CertificateRole;
import dev.peer.daemonhost.IdentityReloader;
import dev.peer.http.RequestLog;
import dev.peer.identity.Identities;
import dev.peer.network.ServerOperations;
import dev.peer.relay.RelayLimits;
import dev.peer.relay.RelayServer;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.report.Interruption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;

/** {@code peer relay}. */
public final class RelayCommand implements Callable<Integer> {

  private final CallContext call;
  private final Output output;
  private final Interruption interruption;

  private final Option<HostPort> listen =
      Option.of("--listen", "HOST:PORT", HostPort.class, "where to listen; port 0 takes a free one")
          .readBy(new HostPortConverter())
          .required();

  private final Option<Long> hourly =
      Option.of(
              "--hourly",
              "SIZE",
              long.class,
              "how many bytes of one identity pass in an hour, both ways (default:"
                  + " ${DEFAULT-VALUE})")
          .readBy(new SizeConverter())
          .byDefault("32G");

  private final LogOptions logging = new LogOptions();

  public RelayCommand(CallContext call, Output output, Interruption interruption) {
    this.call = call;
    this.output = output;
    this.interruption = interruption;
  }

  /** How it is called. */
  public Syntax syntax() {
    return Syntax.of(
            "relay",
            this,
            "Connect callers to peers that nobody can reach directly",
            "Serves until SIGINT or SIGTERM. Such a peer names the relay in PEER_RELAY. The two"
                + " ends encrypt everything that passes.")
        .examples(
            "  peer relay --listen 0.0.0.0:7444", "  peer relay --listen 0.0.0.0:7444 --hourly 8G")
        .takes(listen, hourly, logging);
  }

  @Override
  public Integer call() throws Exception {
    Identities identities = identities(call, output);
    try (LogOptions.OpenLog log = logging.open(output);
        RelayServer server =
            start(
                identities,
                listen.value(),
                RelayLimits.DEFAULT.withBytesPerHour(hourly.value()),
                log);
        IdentityReloader _ = new IdentityReloader(identities, interruption)) {
      interruption.serving();
      output.say("relay at https://" + listen.value().at(server.address()));
      interruption.await(Interruption.FOREVER);
    }
    return ExitCode.PASSED.number();
  }

  /** Reads who a server is and trusts, and warns of what could sign in its name. */
  static Identities identities(CallContext call, Output output)
      throws ConfigException, CredentialException {
    Settings settings = call.settings();
    output.warn(settings);
    if (PeerSettings.openSsl(settings)) {
      OpenSsl.use();
    }
    Identities identities =
        Identities.of(PeerSettings.of(settings), output, CertificateRole.SERVER);
    identities.warnOfForgeries();
    return identities;
  }

  /** Starts one with the usual limits. */
  static RelayServer start(Identities identities, HostPort listen, RequestLog log)
      throws CommandException {
    return start(identities, listen, RelayLimits.DEFAULT, log);
  }

  private static RelayServer start(
      Identities identities, HostPort listen, RelayLimits limits, RequestLog log)
      throws CommandException {
    InetSocketAddress address = new InetSocketAddress(listen.host(), listen.port());
    try {
      return RelayServer.start(
          identities.tls(), identities::rules, limits, address, ServerOperations.operations(log));
    } catch (IOException | RuntimeException e) {
      throw new CommandException(
          ExitCode.INFRASTRUCTURE,
          e.getMessage(),
          "see that the host is one of this machine's and the port is free",
          e);
    }
  }
}
