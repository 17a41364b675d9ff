package dev.peer.client.announce;

import dev.peer.client.BoundedHttpClient;
import dev.peer.client.RelayRequest;
import dev.peer.client.Timeouts;
import dev.peer.core.progress.Notices;
import dev.peer.core.record.MalformedException;
import dev.peer.tls.Duplex;
import dev.peer.tls.Splice;
import dev.peer.tls.TlsConnection;
import dev.peer.tls.TlsConnector;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.InstanceId;
import dev.peer.wire.RelayAddress;
import dev.peer.wire.RelayLine;
import dev.peer.wire.RelayPath;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Keeps this peer registered at one relay, by one connection that it opens itself, and passes
 * callers through the relay to the peer's own listener, where they are strangers like all others.
 *
 * <p>The connection is opened again for as long as it takes when it ends, or when nothing has been
 * heard on it for a while: the relay has restarted, the machine has slept or is in another network,
 * or a NAT has forgotten it.
 */
final class RelayKeeper implements AutoCloseable {

  private final URI relay;
  private final InstanceId instance;
  private final InetSocketAddress listener;
  private final Timeouts patience;
  private final RelayPace pace;
  private final Notices notices;
  private final Runnable changed;
  private final TlsConnector connector;
  private final Semaphore places;
  private final Thread thread;
  private volatile boolean registered;

  /**
   * What is registered.
   *
   * @param listener where this peer listens
   */
  record Registration(URI relay, InstanceId instance, InetSocketAddress listener) {}

  /**
   * Does nothing yet.
   *
   * @param changed called when it is registered, and when it is not any more
   */
  RelayKeeper(
      TlsIdentity identity,
      Registration registration,
      Timeouts patience,
      RelayPace pace,
      Notices notices,
      Runnable changed) {
    this.relay = registration.relay();
    this.instance = registration.instance();
    this.listener = reachable(registration.listener());
    this.patience = patience;
    this.pace = pace;
    this.notices = notices;
    this.changed = changed;
    connector = new TlsConnector(identity);
    places = new Semaphore(pace.connections());
    thread = Thread.ofVirtual().name("relay").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** The address for others, while it is registered. */
  Optional<URI> address() {
    return registered ? Optional.of(new RelayAddress(relay, instance).uri()) : Optional.empty();
  }

  /** Cuts off all callers through the relay. */
  @Override
  public void close() {
    thread.interrupt();
    connector.close();
    try {
      thread.join(patience.farewell());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    Duration retry = pace.firstRetry();
    boolean away = false;
    try {
      while (!thread.isInterrupted()) {
        try (TlsConnection connection =
            RelayRequest.open(connector, relay, new RelayPath.Registration(instance), patience)) {
          retry = pace.firstRetry();
          away = false;
          notices.say("others reach this peer through the relay " + relay.getAuthority() + " too");
          listen(connection);
        } catch (IOException e) {
          if (!away && !thread.isInterrupted()) {
            notices.say("not reachable through a relay, trying on: " + BoundedHttpClient.why(e));
          }
          away = true;
        }
        Thread.sleep(
            retry.toMillis() - ThreadLocalRandom.current().nextLong(1 + retry.toMillis() / 5));
        retry = LeasePace.shorter(retry.multipliedBy(2), pace.lastRetry());
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** Accepts the callers that the relay announces, until the connection ends. */
  private void listen(TlsConnection connection) throws IOException {
    Thread heartbeat = Thread.ofVirtual().start(() -> sayAlive(connection));
    try {
      connection.setSilence(pace.silence());
      setRegistered(true);
      while (true) {
        switch (RelayLine.read(connection.in())) {
          case RelayLine.Alive _ -> {}
          case RelayLine.Busy _ -> throw nonsense(null);
          case RelayLine.Dial dial -> take(connection, dial);
        }
      }
    } catch (MalformedException e) {
      throw nonsense(e);
    } catch (IOException e) {
      throw new IOException("relay " + relay.getAuthority() + ": " + BoundedHttpClient.why(e), e);
    } finally {
      setRegistered(false);
      heartbeat.interrupt();
      connection.cut();
    }
  }

  private IOException nonsense(MalformedException cause) {
    return new IOException("relay " + relay.getAuthority() + ": nonsense", cause);
  }

  private void setRegistered(boolean now) {
    registered = now;
    changed.run();
  }

  private void sayAlive(TlsConnection connection) {
    try {
      while (true) {
        say(connection, new RelayLine.Alive());
        Thread.sleep(pace.alive());
      }
    } catch (IOException e) {
      connection.cut();
    } catch (InterruptedException e) {
      // The connection has ended.
    }
  }

  /** TLS takes one writer at a time by itself. */
  private static void say(TlsConnection connection, RelayLine line) throws IOException {
    connection.out().write(line.bytes());
    connection.out().flush();
  }

  private void take(TlsConnection connection, RelayLine.Dial dial) throws IOException {
    if (!places.tryAcquire()) {
      say(connection, new RelayLine.Busy(dial.id()));
      return;
    }
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                handOver(dial);
              } catch (IOException e) {
                // The caller will learn that there is no answer.
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } finally {
                places.release();
              }
            });
  }

  private void handOver(RelayLine.Dial dial) throws IOException, InterruptedException {
    try (TlsConnection connection =
            RelayRequest.open(connector, relay, new RelayPath.Dial(dial.id()), patience);
        Socket own = new Socket()) {
      own.connect(listener, (int) patience.connect().toMillis());
      own.setTcpNoDelay(true);
      Splice.run(connection, Duplex.of(own), Splice.Meter.NONE);
    }
  }

  /** A listener at all addresses listens at that of loopback too. */
  private static InetSocketAddress reachable(InetSocketAddress listener) {
    return listener.getAddress().isAnyLocalAddress()
        ? new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getPort())
        : listener;
  }
}
