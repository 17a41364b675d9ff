package dev.peer.client.fetch;

import dev.peer.core.network.ProxyRules;
import dev.peer.tls.ConnectionException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;

/**
 * Finds out whether a machine at an address accepts connections; its kernel answers at once,
 * however busy its peer is. It looks only if an answer is slow: a machine that is there gets its
 * full time, and nobody waits for a machine that is gone.
 */
public final class LivenessProbe implements AutoCloseable {

  private static final Duration LOOK_AFTER = Duration.ofMillis(100);

  /** So long that one packet may be lost on the way, and sent again. */
  private static final Duration LOOK = Duration.ofMillis(1_500);

  private static final int HTTPS = 443;

  private final URI address;
  private final Thread asking = Thread.currentThread();
  private final Thread watcher;
  private boolean over;
  private boolean absent;

  private LivenessProbe(URI address) {
    this.address = address;
    watcher = Thread.ofVirtual().name("presence").start(this::watch);
  }

  /** A request to an address. */
  @FunctionalInterface
  public interface Question<T, E extends IOException> {

    T ask() throws E, InterruptedException;
  }

  /**
   * Sends the request, and gives up as soon as no machine is there. Behind a proxy no machine can
   * be looked at: the request has its full time.
   *
   * @throws ConnectionException if nobody is there
   */
  public static <T, E extends IOException> T whilePresent(URI address, Question<T, E> question)
      throws E, ConnectionException, InterruptedException {
    if (ProxyRules.ofProcess().to(address).isPresent()) {
      return question.ask();
    }
    try (LivenessProbe presence = new LivenessProbe(address)) {
      try {
        return question.ask();
      } catch (InterruptedException e) {
        if (presence.isAbsent()) {
          throw ConnectionException.explain(address, new SocketTimeoutException());
        }
        throw e;
      }
    }
  }

  private void watch() {
    try {
      Thread.sleep(LOOK_AFTER);
      look();
    } catch (InterruptedException e) {
      // There was an answer.
      return;
    } catch (IOException e) {
      giveUp();
    }
  }

  private void look() throws IOException {
    int port = address.getPort() < 0 ? HTTPS : address.getPort();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address.getHost(), port), (int) LOOK.toMillis());
    }
  }

  private synchronized void giveUp() {
    if (!over) {
      absent = true;
      asking.interrupt();
    }
  }

  private synchronized boolean isAbsent() {
    return absent;
  }

  /** Takes the interruption back, if it came too late to be one. */
  @Override
  public void close() {
    synchronized (this) {
      over = true;
      if (absent) {
        Thread.interrupted();
      }
    }
    watcher.interrupt();
  }
}
