package dev.peer.cli;

import dev.peer.config.HostPort;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.timestamp.TimestampAuthority;
import dev.peer.core.trust.CertificateRole;
import dev.peer.http.RequestLog;
import dev.peer.http.ServerLimits;
import dev.peer.relay.RelayServer;
import dev.peer.rendezvous.EmbeddedIndex;
import dev.peer.rendezvous.RendezvousServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code peer rendezvous}. */
@Command(
    name = "rendezvous",
    description = "Tells peers who holds which result, until SIGINT or SIGTERM.",
    mixinStandardHelpOptions = true)
final class RendezvousCommand implements Callable<Integer> {

  private static final Duration FOREVER = Duration.ofDays(3650);

  private final Output output;
  private final Interruption interruption;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      required = true,
      converter = HostPortConverter.class,
      description = "where to listen; port 0 takes a free one")
  private HostPort listen;

  @Option(
      names = "--relay",
      paramLabel = "HOST:PORT",
      converter = HostPortConverter.class,
      description = "be a relay too, which listens there; see `peer relay`")
  private HostPort relay;

  @Mixin private Logging logging;

  @ArgGroup(exclusive = false)
  private Tsa tsa;

  private static final class Tsa {

    @Option(
        names = "--tsa-cert",
        paramLabel = "FILE",
        required = true,
        description = {
          "be a time-stamping authority too, with this certificate and what leads to its CA (PEM);"
              + " peers name it in PEER_TSA"
        })
    private Path certificate;

    @Option(
        names = "--tsa-key",
        paramLabel = "FILE",
        required = true,
        description = "the private key of that certificate (PEM)")
    private Path key;
  }

  RendezvousCommand(Output output, Interruption interruption) {
    this.output = output;
    this.interruption = interruption;
  }

  static final class HostPortConverter implements ITypeConverter<HostPort> {
    @Override
    public HostPort convert(String text) {
      try {
        return HostPort.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  @Override
  public Integer call() throws Exception {
    try (Logging.OpenLog log = logging.open(output)) {
      serve(log);
    }
    return ExitCode.PASSED;
  }

  private void serve(RequestLog log) throws Exception {
    Settings settings = Settings.of(System.getenv());
    settings.warnings().forEach(warning -> output.say("warning: " + warning));
    Identities identities =
        Identities.of(PeerSettings.of(settings), output, CertificateRole.SERVER);
    EmbeddedIndex index = new EmbeddedIndex(EmbeddedIndex.Settings.DEFAULT, System::nanoTime);
    Optional<TimestampAuthority> timestamps =
        tsa == null
            ? Optional.empty()
            : Optional.of(identities.timestampAuthority(tsa.certificate, tsa.key));
    try (RendezvousServer server = start(identities, index, timestamps, log);
        RelayServer passing = relay == null ? null : RelayCommand.start(identities, relay);
        Watching _ = new Watching(identities, interruption)) {
      interruption.serving();
      output.say("rendezvous at https://" + listen.at(server.address()));
      if (passing != null) {
        output.say("relay at https://" + relay.at(passing.address()));
      }
      interruption.await(FOREVER);
    }
  }

  private RendezvousServer start(
      Identities identities,
      EmbeddedIndex index,
      Optional<TimestampAuthority> timestamps,
      RequestLog log)
      throws CommandException {
    InetSocketAddress address = new InetSocketAddress(listen.host(), listen.port());
    try {
      return RendezvousServer.start(
          identities.tls(),
          identities::rules,
          index,
          timestamps,
          address,
          ServerLimits.RENDEZVOUS,
          Watched.operations(log));
    } catch (IOException | RuntimeException e) {
      throw new CommandException(
          ExitCode.INFRASTRUCTURE,
          e.getMessage(),
          "see that the host is one of this machine's and the port is free",
          e);
    }
  }
}
