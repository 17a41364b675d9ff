package dev.peer.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.peer.tls.PublicClient;
import dev.peer.tls.Request;
import dev.peer.tls.Response;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AnswerBodyTest {

  private static final Duration STALL = Duration.ofSeconds(2);

  private HttpServer server;
  private PublicClient client;

  /** Promises four bytes and gives two. */
  @BeforeEach
  void startServer() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        call -> {
          call.sendResponseHeaders(200, 4);
          call.getResponseBody().write(new byte[] {1, 2});
          call.getResponseBody().flush();
        });
    server.start();
    client = new PublicClient(STALL);
  }

  @AfterEach
  void stopServer() {
    client.close();
    server.stop(0);
  }

  /** The reader may have to write slowly what it reads. */
  @Test
  void doesNotCountWhatItsReaderDoesBetweenTwoReads() throws Exception {
    byte[] one = new byte[1];
    try (AnswerBody body = new AnswerBody(answer(), STALL, STALL)) {
      assertThat(body.read(one, 0, 1)).isEqualTo(1);
      Thread.sleep(STALL.multipliedBy(2));
      assertThat(body.read(one, 0, 1)).isEqualTo(1);
    }
  }

  @Test
  void givesUpAServerThatGivesNoMore() throws Exception {
    try (AnswerBody body = new AnswerBody(answer(), STALL, Duration.ofMinutes(5))) {
      assertThatThrownBy(() -> body.readAtMost(4))
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessage("the transfer stalled after 2 bytes");
    }
  }

  private Response answer() throws Exception {
    URI address = URI.create("http://localhost:" + server.getAddress().getPort() + "/");
    return client.send(Request.get(address, STALL));
  }
}
