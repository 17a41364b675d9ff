package dev.peer.cli.server;

import dev.peer.cli.console.LogOptions;
import dev.peer.cli.console.Output;
import dev.peer.cli.option.EtcdAddressConverter;
import dev.peer.cli.option.HelpText;
import dev.peer.cli.option.HostPortConverter;
import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.config.EtcdAddress;
import dev.peer.config.HostPort;
import dev.peer.core.pem.CredentialException;
import dev.peer.core.timestamp.TimestampAuthority;
import dev.peer.daemonhost.IdentityReloader;
import dev.peer.http.RequestLog;
import dev.peer.http.ServerLimits;
import dev.peer.http.ServerSettings;
import dev.peer.identity.Identities;
import dev.peer.identity.StoreFiles;
import dev.peer.network.ServerOperations;
import dev.peer.relay.RelayServer;
import dev.peer.rendezvous.EmbeddedIndex;
import dev.peer.rendezvous.HolderIndex;
import dev.peer.rendezvous.IndexSettings;
import dev.peer.rendezvous.RendezvousServer;
import dev.peer.rendezvous.etcd.EtcdIndex;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.report.Interruption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code peer rendezvous}. */
@Command(
    name = "rendezvous",
    description = {
      "Tell peers who holds which result",
      "Serves until SIGINT or SIGTERM. A rendezvous holds no byte of a result."
    },
    mixinStandardHelpOptions = true,
    footerHeading = HelpText.EXAMPLES,
    footer = {
      "  peer rendezvous --listen 0.0.0.0:7443",
      "  peer rendezvous --listen 0.0.0.0:7443 --relay 0.0.0.0:7444",
      "  peer rendezvous --listen 0.0.0.0:7443 --store etcd:https://etcd1:2379"
    })
public final class RendezvousCommand implements Callable<Integer> {

  private final CallContext call;
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

  @Mixin private LogOptions logging;

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

  @ArgGroup(exclusive = false)
  private Store store;

  private static final class Store {

    @Option(
        names = "--store",
        paramLabel = "etcd:https://HOST:PORT[,...]",
        required = true,
        converter = EtcdAddressConverter.class,
        description = {
          "keep the index in this etcd instead of in memory; several rendezvous over one etcd are"
              + " one service"
        })
    private EtcdAddress address;

    @ArgGroup(exclusive = false)
    private StoreCredentials credentials;

    @Option(
        names = "--store-ca",
        paramLabel = "FILE",
        description = "whose certificates the etcd has (PEM); default: PEER_CA")
    private Path ca;

    private StoreFiles files() {
      return new StoreFiles(
          Optional.ofNullable(credentials)
              .map(pair -> new StoreFiles.Pair(pair.certificate, pair.key)),
          Optional.ofNullable(ca));
    }
  }

  private static final class StoreCredentials {

    @Option(
        names = "--store-cert",
        paramLabel = "FILE",
        required = true,
        description = "certificate to show to etcd (PEM); default: PEER_CERT")
    private Path certificate;

    @Option(
        names = "--store-key",
        paramLabel = "FILE",
        required = true,
        description = "the private key of that certificate (PEM)")
    private Path key;
  }

  public RendezvousCommand(CallContext call, Output output, Interruption interruption) {
    this.call = call;
    this.output = output;
    this.interruption = interruption;
  }

  @Override
  public Integer call() throws Exception {
    try (LogOptions.OpenLog log = logging.open(output)) {
      serve(log);
    }
    return ExitCode.PASSED.number();
  }

  private void serve(RequestLog log) throws Exception {
    Identities identities = RelayCommand.identities(call, output);
    Optional<TimestampAuthority> timestamps =
        tsa == null
            ? Optional.empty()
            : Optional.of(identities.timestampAuthority(tsa.certificate, tsa.key));
    try (Index index = index(identities);
        RendezvousServer server = start(identities, index.index(), timestamps, log);
        RelayServer passing = relay == null ? null : RelayCommand.start(identities, relay, log);
        IdentityReloader _ = new IdentityReloader(identities, interruption)) {
      interruption.serving();
      output.say("rendezvous at https://" + listen.at(server.address()));
      index.warning().ifPresent(warning -> output.say("warning: " + warning));
      if (passing != null) {
        output.say("relay at https://" + relay.at(passing.address()));
      }
      interruption.await(Interruption.FOREVER);
    }
  }

  /**
   * The resources that close with the server.
   *
   * @param warning what is wrong with it now
   */
  private record Index(HolderIndex index, Optional<String> warning, Runnable end)
      implements AutoCloseable {

    @Override
    public void close() {
      end.run();
    }
  }

  private Index index(Identities identities) throws ConfigException, CredentialException {
    IndexSettings settings = IndexSettings.DEFAULT;
    if (store == null) {
      return new Index(new EmbeddedIndex(settings, System::nanoTime), Optional.empty(), () -> {});
    }
    EtcdIndex etcd =
        new EtcdIndex(
            identities.store(store.files()), store.address.members(), settings, System::nanoTime);
    return new Index(etcd, fault(etcd), etcd::close);
  }

  /** A rendezvous may well be there before its etcd is. */
  private static Optional<String> fault(EtcdIndex etcd) {
    return etcd.fault().map(why -> "nothing is found or announced until this is fixed: " + why);
  }

  private RendezvousServer start(
      Identities identities,
      HolderIndex index,
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
          new ServerSettings(address, ServerLimits.RENDEZVOUS, ServerOperations.operations(log)));
    } catch (IOException | RuntimeException e) {
      throw new CommandException(
          ExitCode.INFRASTRUCTURE,
          e.getMessage(),
          "see that the host is one of this machine's and the port is free",
          e);
    }
  }
}
