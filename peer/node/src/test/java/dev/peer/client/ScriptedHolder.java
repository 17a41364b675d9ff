package dev.peer.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.peer.core.find.Holder;
import dev.peer.core.id.PeerId;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.Identity;
import dev.peer.tls.PlainTls;
import dev.peer.wire.PeerAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** A holder that does to each request what a test says, one request a connection. */
final class ScriptedHolder implements AutoCloseable {

  private final PeerId id;
  private final SSLServerSocket server;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final BlockingQueue<String> turnedAway = new LinkedBlockingQueue<>();

  /** Answers, or does not; the connection ends when it returns. */
  interface Script {

    /**
     * Answers one request.
     *
     * @param from the first byte that is asked for
     */
    void answer(String path, long from, OutputStream out) throws IOException, InterruptedException;
  }

  ScriptedHolder(Credentials credentials, Script script) throws Exception {
    id = Identity.of(credentials.leaf()).id();
    server = PlainTls.serve(credentials, socket -> answer(socket, script));
  }

  Holder holder() {
    return new Holder(
        id, List.of(PeerAddress.of((InetSocketAddress) server.getLocalSocketAddress())));
  }

  /** The paths that were asked for, each with its range if there was one. */
  List<String> requests() {
    return requests;
  }

  /** The next path whose asker went away before the answer. */
  String awaitTurnedAway() throws InterruptedException {
    return turnedAway.take();
  }

  /** All of it, or all that follows a number of bytes. */
  static void give(OutputStream out, byte[] content, long from) throws IOException {
    begin(out, content.length, from);
    out.write(content, (int) from, content.length - (int) from);
  }

  /** The head of an answer that has so many bytes. */
  static void begin(OutputStream out, long size, long from) throws IOException {
    String head =
        from == 0
            ? "200 OK"
            : "206 Partial Content\r\nContent-Range: bytes " + from + "-" + (size - 1) + "/" + size;
    out.write(
        ("HTTP/1.1 "
                + head
                + "\r\nConnection: close\r\nContent-Length: "
                + (size - from)
                + "\r\n\r\n")
            .getBytes(ISO_8859_1));
  }

  static void refuse(OutputStream out) throws IOException {
    out.write(
        "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            .getBytes(ISO_8859_1));
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private void answer(SSLSocket socket, Script script) {
    try (socket) {
      BufferedReader request =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
      String start = request.readLine();
      if (start == null) {
        // Somebody has only looked whether anything is here.
        return;
      }
      String path = start.split(" ")[1];
      Optional<String> range = Optional.empty();
      for (String line = request.readLine(); !line.isEmpty(); line = request.readLine()) {
        if (line.toLowerCase(Locale.ROOT).startsWith("range: ")) {
          range = Optional.of(line.substring("range: ".length()));
        }
      }
      requests.add(path + range.map(text -> " " + text).orElse(""));
      long from = range.map(text -> Long.parseLong(text.replaceAll("\\D", ""))).orElse(0L);
      Thread answering = Thread.currentThread();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  while (request.read() >= 0) {
                    continue;
                  }
                } catch (IOException e) {
                  // They have gone without leave.
                }
                turnedAway.add(path);
                answering.interrupt();
              });
      script.answer(path, from, socket.getOutputStream());
      socket.getOutputStream().flush();
    } catch (IOException | NullPointerException e) {
      // The client has turned away.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
