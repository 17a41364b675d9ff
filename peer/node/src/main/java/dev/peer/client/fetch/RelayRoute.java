package dev.peer.client.fetch;

import dev.peer.client.RelayRequest;
import dev.peer.client.Timeouts;
import dev.peer.core.id.PeerId;
import dev.peer.tls.Duplex;
import dev.peer.tls.Route;
import dev.peer.tls.TlsConnection;
import dev.peer.tls.TlsConnector;
import dev.peer.wire.RelayAddress;
import dev.peer.wire.RelayPath;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/** The way to a peer through a relay. TLS finds out who answers at its end. */
final class RelayRoute implements Route {

  private final TlsConnector connector;
  private final PeerId peer;
  private final RelayAddress address;
  private final Timeouts patience;
  private final Consumer<PeerId> passing;

  /**
   * Opens no connection yet.
   *
   * @param passing told of the relay, by its certificate, before a byte passes
   */
  RelayRoute(
      TlsConnector connector,
      PeerId peer,
      RelayAddress address,
      Timeouts patience,
      Consumer<PeerId> passing) {
    this.connector = connector;
    this.peer = peer;
    this.address = address;
    this.patience = patience;
    this.passing = passing;
  }

  @Override
  public Duplex open(Duration most) throws IOException {
    RelayPath path = new RelayPath.Peer(peer, address.instance());
    TlsConnection connection =
        RelayRequest.open(connector, address.relay(), path, patience.within(most));
    passing.accept(connection.other().id());
    return connection;
  }
}
