package dev.peer.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.tls.PlainTls;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsListener;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that make the server wait many times in one answer. */
@Timeout(300)
class SlowReadersTest {

  private static final byte[] LARGE = new byte[8 << 20];
  private static final int READERS = 8;

  @Test
  void getAllOfAnAnswer() throws Exception {
    TestAuthority team = new TestAuthority("team");
    TlsListener listener = new TlsListener(team.peer(team.issue("spiffe://team/server")));
    SSLContext context = PlainTls.context(team.issue("spiffe://team/client"));
    try (HttpsServer server =
            HttpsServer.start(
                listener,
                Https.LOOPBACK,
                ServerLimits.PEER,
                call -> call.answer(200, "text/plain", LARGE));
        ExecutorService readers = Executors.newFixedThreadPool(READERS)) {
      List<Future<Integer>> bodies =
          IntStream.range(0, READERS)
              .mapToObj(i -> readers.submit(() -> readInBits(context, server)))
              .toList();

      for (Future<Integer> body : bodies) {
        assertThat(body.get()).isEqualTo(LARGE.length);
      }
    }
  }

  /** Reads with hardly any buffer between the two sides. */
  private static int readInBits(SSLContext context, HttpsServer server) throws IOException {
    try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket()) {
      socket.setReceiveBufferSize(4 << 10);
      socket.connect(server.address());
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
      byte[] answer = socket.getInputStream().readAllBytes();
      return answer.length - headLength(answer);
    }
  }

  private static int headLength(byte[] answer) {
    return new String(answer, US_ASCII).indexOf("\r\n\r\n") + 4;
  }
}
