package dev.peer.client.rendezvous;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.peer.core.trust.Credentials;
import dev.peer.tls.PlainTls;
import dev.peer.wire.PeerAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * A rendezvous whose streams of events are written beforehand: each request gets the next, and when
 * there is none left it gets no answer.
 */
final class ScriptedStreams implements AutoCloseable {

  static final String HEAD =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";

  private final SSLServerSocket server;
  private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
  private final BlockingQueue<List<String>> requests = new LinkedBlockingQueue<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  private record Answer(String text, boolean stays) {}

  ScriptedStreams(Credentials credentials) throws Exception {
    server = PlainTls.serve(credentials, this::answer);
  }

  /** The next request gets this, and then the connection is closed. */
  ScriptedStreams thenEnds(String text) {
    answers.add(new Answer(text, false));
    return this;
  }

  /** The next request gets this, and then nothing more. */
  ScriptedStreams thenIsSilent(String text) {
    answers.add(new Answer(text, true));
    return this;
  }

  /** The lines of the next request that came. */
  List<String> request() throws InterruptedException {
    return requests.take();
  }

  URI address() {
    return PeerAddress.of((InetSocketAddress) server.getLocalSocketAddress());
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    server.close();
  }

  private void answer(SSLSocket socket) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
      requests.add(in.lines().takeWhile(line -> !line.isEmpty()).toList());
      Answer answer = answers.take();
      OutputStream out = socket.getOutputStream();
      out.write(answer.text().getBytes(UTF_8));
      out.flush();
      if (answer.stays()) {
        closed.await();
      }
    } catch (IOException e) {
      // The client has turned away.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
