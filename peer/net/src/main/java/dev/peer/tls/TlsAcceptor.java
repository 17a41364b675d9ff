package dev.peer.tls;

import dev.peer.core.id.AddressText;
import dev.peer.core.trust.CertificateRole;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for connections with protocols other than HTTP, and admits only parties that we trust,
 * like {@link TlsListener}.
 */
public final class TlsAcceptor implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TlsAcceptor.class);
  private static final int BACKLOG = 512;
  private static final Duration AFTER_A_FAILURE = Duration.ofMillis(100);

  private final TlsIdentity identity;
  private final Duration handshake;
  private final Handler handler;
  private final Semaphore places;
  private final Newcomers<Socket> newcomers;
  private final ServerSocket server;
  private final OpenConnections open;
  private TlsIdentity.State presented;
  private SSLContext context;

  private TlsAcceptor(
      TlsIdentity identity,
      ServerSocket server,
      int connections,
      Duration handshake,
      Handler handler) {
    this.identity = identity;
    this.server = server;
    this.handshake = handshake;
    this.handler = handler;
    int besides = Newcomers.besides(connections);
    places = new Semaphore(connections + besides);
    newcomers = new Newcomers<>(besides, Deadline::close);
    open = new OpenConnections(identity);
  }

  /** Handles a connection. */
  @FunctionalInterface
  public interface Handler {

    /**
     * On a virtual thread of its own; the connection is closed when it returns.
     *
     * @throws IOException if the other side is gone
     */
    void handle(TlsConnection connection) throws IOException, InterruptedException;
  }

  /**
   * Starts to listen.
   *
   * @param address where; port 0 takes a free one
   * @param connections the maximum of open connections, besides those without a certificate so far;
   *     further ones wait until one is closed
   * @param handshake the time for it
   * @throws IOException if it cannot listen there
   */
  public static TlsAcceptor start(
      TlsIdentity identity,
      InetSocketAddress address,
      int connections,
      Duration handshake,
      Handler handler)
      throws IOException {
    String where = AddressText.of(address);
    if (address.isUnresolved()) {
      throw new IOException("cannot listen on " + address.getHostString() + ": unknown host");
    }
    ServerSocket server = new ServerSocket();
    try {
      server.setReuseAddress(true);
      server.bind(address, BACKLOG);
    } catch (IOException e) {
      server.close();
      throw new IOException("cannot listen on " + where + ": " + e.getMessage(), e);
    }
    TlsAcceptor acceptor = new TlsAcceptor(identity, server, connections, handshake, handler);
    Thread.ofVirtual().name("accept").start(acceptor::accept);
    return acceptor;
  }

  /** Where it listens, or did until it was closed. */
  public InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  /**
   * Cuts off parties that are no longer trusted, for example after an expiry; changes do so
   * themselves.
   */
  public void judge() {
    open.judge();
  }

  /** Listens no more, and cuts all connections off. */
  @Override
  public void close() {
    Deadline.close(server);
    open.close();
  }

  private void accept() {
    try {
      while (!server.isClosed()) {
        places.acquire();
        Socket socket = acceptOne();
        if (server.isClosed()) {
          // It came while it was being closed.
          Deadline.close(socket);
          return;
        }
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    serve(socket);
                  } finally {
                    places.release();
                  }
                });
      }
    } catch (IOException e) {
      LOG.debug("closed", e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }

  /** Such as when the process has no file descriptors left, there may be some in a moment. */
  private Socket acceptOne() throws IOException, InterruptedException {
    while (true) {
      try {
        return server.accept();
      } catch (IOException e) {
        if (server.isClosed()) {
          throw e;
        }
        LOG.warn("cannot accept a connection: {}", e.getMessage());
        Thread.sleep(AFTER_A_FAILURE);
      }
    }
  }

  private void serve(Socket socket) {
    try (socket;
        TlsConnection connection = connect(socket)) {
      handler.handle(connection);
    } catch (IOException e) {
      LOG.debug("broken off", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.error("failed", e);
    }
  }

  private TlsConnection connect(Socket socket) throws IOException {
    newcomers.add(socket.getInetAddress(), socket);
    try (Deadline _ = Deadline.in(handshake, () -> Deadline.close(socket))) {
      socket.setTcpNoDelay(true);
      SSLSocket tls = (SSLSocket) context().getSocketFactory().createSocket(socket, null, true);
      tls.setUseClientMode(false);
      tls.setNeedClientAuth(true);
      tls.setEnabledProtocols(new String[] {TlsIdentity.PROTOCOL});
      tls.setEnabledCipherSuites(TlsIdentity.CIPHERS);
      tls.startHandshake();
      return open.add(CertificateRole.CLIENT, socket, tls);
    } finally {
      newcomers.remove(socket);
    }
  }

  /** Another one after each change, which knows none of the sessions before it. */
  private synchronized SSLContext context() {
    TlsIdentity.State now = identity.state();
    if (context == null || presented.generation() != now.generation()) {
      presented = now;
      context = TlsListener.context(identity, now, new Handshakes());
    }
    return context;
  }
}
