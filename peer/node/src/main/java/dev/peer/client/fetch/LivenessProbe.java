package dev.peer.client.fetch;

import dev.peer.core.network.ProxyRules;
import dev.peer.tls.ConnectionException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

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
  private Optional<IOException> absence = Optional.empty();

  private LivenessProbe(URI address) {
    this.address = address;
    // Of the platform, as in Hedge.
    watcher = Thread.ofPlatform().daemon().name("presence").start(this::watch);
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
        throw ConnectionException.explain(address, presence.absence().orElseThrow(() -> e));
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
      giveUp(e);
    }
  }

  private void look() throws IOException {
    int port = address.getPort() < 0 ? HTTPS : address.getPort();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address.getHost(), port), (int) LOOK.toMillis());
    }
  }

  private synchronized void giveUp(IOException why) {
    if (!over) {
      absence = Optional.of(why);
      asking.interrupt();
    }
  }

  /** Why nobody is there, if that was found. */
  private synchronized Optional<IOException> absence() {
    return absence;
  }

  /** Takes the interruption back, if it came too late to be one. */
  @Override
  public void close() {
    synchronized (this) {
      over = true;
      if (absence.isPresent()) {
        Thread.interrupted();
      }
    }
    watcher.interrupt();
  }
}
