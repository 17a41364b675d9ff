package dev.peer.cli.server;

import dev.peer.cli.console.LogOptions;
import dev.peer.cli.console.Output;
import dev.peer.cli.option.EtcdAddressConverter;
import dev.peer.cli.option.HostPortConverter;
import dev.peer.cli.syntax.ArgumentGroup;
import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Syntax;
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

/** {@code peer rendezvous}. */
public final class RendezvousCommand implements Callable<Integer> {

  private final CallContext call;
  private final Output output;
  private final Interruption interruption;

  private final Option<HostPort> listen =
      Option.of("--listen", "HOST:PORT", HostPort.class, "where to listen; port 0 takes a free one")
          .readBy(new HostPortConverter())
          .required();

  private final Option<HostPort> relay =
      Option.of(
              "--relay",
              "HOST:PORT",
              HostPort.class,
              "be a relay too, which listens there; see `peer relay`")
          .readBy(new HostPortConverter());

  private final LogOptions logging = new LogOptions();

  private final Option<Path> tsaCertificate =
      Option.of(
              "--tsa-cert",
              "FILE",
              Path.class,
              "be a time-stamping authority too, with this certificate and what leads to its CA"
                  + " (PEM); peers name it in PEER_TSA")
          .required();

  private final Option<Path> tsaKey =
      Option.of("--tsa-key", "FILE", Path.class, "the private key of that certificate (PEM)")
          .required();

  private final Option<EtcdAddress> store =
      Option.of(
              "--store",
              "etcd:https://HOST:PORT[,...]",
              EtcdAddress.class,
              "keep the index in this etcd instead of in memory; several rendezvous over one etcd"
                  + " are one service")
          .readBy(new EtcdAddressConverter())
          .required();

  private final Option<Path> storeCa =
      Option.of(
          "--store-ca",
          "FILE",
          Path.class,
          "whose certificates the etcd has (PEM); default: PEER_CA");

  private final Option<Path> storeCertificate =
      Option.of(
              "--store-cert",
              "FILE",
              Path.class,
              "certificate to show to etcd (PEM); default: PEER_CERT")
          .required();

  private final Option<Path> storeKey =
      Option.of("--store-key", "FILE", Path.class, "the private key of that certificate (PEM)")
          .required();

  public RendezvousCommand(CallContext call, Output output, Interruption interruption) {
    this.call = call;
    this.output = output;
    this.interruption = interruption;
  }

  /** How it is called. */
  public Syntax syntax() {
    return Syntax.of(
            "rendezvous",
            this,
            "Tell peers who holds which result",
            "Serves until SIGINT or SIGTERM. A rendezvous holds no byte of a result.")
        .examples(
            "  peer rendezvous --listen 0.0.0.0:7443",
            "  peer rendezvous --listen 0.0.0.0:7443 --relay 0.0.0.0:7444",
            "  peer rendezvous --listen 0.0.0.0:7443 --store etcd:https://etcd1:2379")
        .takes(
            listen,
            relay,
            logging,
            ArgumentGroup.together(tsaCertificate, tsaKey),
            ArgumentGroup.together(
                store, ArgumentGroup.together(storeCertificate, storeKey), storeCa));
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
        tsaKey.given().isEmpty()
            ? Optional.empty()
            : Optional.of(identities.timestampAuthority(tsaCertificate.value(), tsaKey.value()));
    try (Index index = index(identities);
        RendezvousServer server = start(identities, index.index(), timestamps, log);
        RelayServer passing =
            relay.given().isEmpty() ? null : RelayCommand.start(identities, relay.value(), log);
        IdentityReloader _ = new IdentityReloader(identities, interruption)) {
      interruption.serving();
      output.say("rendezvous at https://" + listen.value().at(server.address()));
      index.warning().ifPresent(warning -> output.say("warning: " + warning));
      if (passing != null) {
        output.say("relay at https://" + relay.value().at(passing.address()));
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
    if (store.given().isEmpty()) {
      return new Index(new EmbeddedIndex(settings, System::nanoTime), Optional.empty(), () -> {});
    }
    EtcdIndex etcd =
        new EtcdIndex(
            identities.store(storeFiles()), store.value().members(), settings, System::nanoTime);
    return new Index(etcd, fault(etcd), etcd::close);
  }

  private StoreFiles storeFiles() {
    return new StoreFiles(
        storeKey.given().map(key -> new StoreFiles.Pair(storeCertificate.value(), key)),
        storeCa.given());
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
    InetSocketAddress address = new InetSocketAddress(listen.value().host(), listen.value().port());
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
