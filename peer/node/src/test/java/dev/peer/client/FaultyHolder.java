package dev.peer.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.peer.core.trust.Credentials;
import dev.peer.tls.PlainTls;
import dev.peer.wire.PeerAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * A holder or a rendezvous that answers every request with the same bytes, whatever they are, and
 * then closes or stalls.
 */
public final class FaultyHolder implements AutoCloseable {

  private final SSLServerSocket server;
  private final CountDownLatch closed = new CountDownLatch(1);

  public FaultyHolder(Credentials credentials, String head, byte[] body, boolean stall)
      throws Exception {
    server = PlainTls.serve(credentials, socket -> answer(socket, head, body, stall));
  }

  public URI address() {
    return PeerAddress.of((InetSocketAddress) server.getLocalSocketAddress());
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    server.close();
  }

  private void answer(SSLSocket socket, String head, byte[] body, boolean stall) {
    try (socket) {
      BufferedReader request =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
      while (!request.readLine().isEmpty()) {
        continue;
      }
      OutputStream out = socket.getOutputStream();
      out.write((head + "\r\n\r\n").getBytes(ISO_8859_1));
      out.write(body);
      out.flush();
      if (stall) {
        closed.await();
      }
    } catch (IOException | NullPointerException e) {
      // The client has turned away.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
