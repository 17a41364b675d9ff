package dev.peer.client;

import dev.peer.core.id.PeerId;
import dev.peer.core.record.MalformedException;
import dev.peer.http.Https;
import dev.peer.tls.Splice;
import dev.peer.tls.TlsAcceptor;
import dev.peer.tls.TlsConnection;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.DialId;
import dev.peer.wire.HttpHead;
import dev.peer.wire.PeerAddress;
import dev.peer.wire.RelayLine;
import dev.peer.wire.RelayPath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Exchanger;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

/** A relay that keeps all that passes, and joins people as it likes. */
public final class LyingRelay implements AutoCloseable {

  private final UnaryOperator<PeerId> instead;
  private final TlsAcceptor acceptor;
  private final Map<PeerId, TlsConnection> registered = new ConcurrentHashMap<>();
  private final Map<DialId, Exchanger<TlsConnection>> dials = new ConcurrentHashMap<>();
  private final ByteArrayOutputStream passed = new ByteArrayOutputStream();

  /**
   * Starts it.
   *
   * @param instead whom it joins somebody to who asks for a peer
   */
  public LyingRelay(TlsIdentity identity, UnaryOperator<PeerId> instead) throws IOException {
    this.instead = instead;
    acceptor = TlsAcceptor.start(identity, Https.LOOPBACK, 99, Duration.ofSeconds(20), this::serve);
  }

  public URI address() {
    return PeerAddress.of(acceptor.address());
  }

  /** All bytes that have passed, both ways. */
  public byte[] passed() {
    synchronized (passed) {
      return passed.toByteArray();
    }
  }

  @Override
  public void close() {
    acceptor.close();
  }

  private void serve(TlsConnection connection) throws IOException, InterruptedException {
    try {
      String start = HttpHead.read(connection.in()).start();
      RelayPath path = RelayPath.parse(start.split(" ")[1]).orElseThrow();
      connection.out().write(RelayPath.upgraded());
      switch (path) {
        case RelayPath.Registration _ -> {
          registered.put(connection.other().id(), connection);
          connection.in().skip(Long.MAX_VALUE);
        }
        case RelayPath.Peer peer -> {
          DialId id = DialId.random();
          dials.put(id, new Exchanger<>());
          TlsConnection target = registered.get(instead.apply(peer.peer()));
          target.out().write(new RelayLine.Dial(id).bytes());
          TlsConnection other = dials.get(id).exchange(connection, 20, TimeUnit.SECONDS);
          Splice.run(connection, other, this::keep);
        }
        case RelayPath.Dial dial -> {
          dials.get(dial.id()).exchange(connection, 20, TimeUnit.SECONDS);
          Thread.sleep(Duration.ofMinutes(1));
        }
        case RelayPath.Status _ -> throw new IOException("nobody asks for it");
      }
    } catch (MalformedException | TimeoutException e) {
      throw new IOException(e);
    }
  }

  private void keep(byte[] bytes, int length) {
    synchronized (passed) {
      passed.write(bytes, 0, length);
    }
  }
}
