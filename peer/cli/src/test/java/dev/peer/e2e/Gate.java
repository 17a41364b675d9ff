package dev.peer.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;

/** Holds up the guests' tests that connect to it, until it is opened. */
final class Gate implements AutoCloseable {

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final CountDownLatch opened = new CountDownLatch(1);

  Gate() throws IOException {
    Thread.ofVirtual().start(this::accept);
  }

  /** What waits for it, in a recipe. */
  String recipe() {
    return "perl -MIO::Socket::INET -e 'readline(IO::Socket::INET->new(\"" + address() + "\"))'";
  }

  /** The peer, whose guests reach the gate from now on. */
  Peer reachedBy(Peer peer) {
    return peer.with("PEER_PREPARE_NETWORK", address());
  }

  /** The repository, whose tests have a network from now on. */
  Repository leadingTo(Repository repository) throws IOException, InterruptedException {
    Path settings = repository.directory().resolve(".env");
    Files.writeString(settings, "PEER_NETWORK=open\n", StandardOpenOption.APPEND);
    return repository.commit();
  }

  void open() {
    opened.countDown();
  }

  @Override
  public void close() throws IOException {
    open();
    server.close();
  }

  /** As a guest sees it. */
  private String address() {
    return "10.0.2.2:" + server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> hold(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void hold(Socket socket) {
    try (socket) {
      opened.await();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
