package dev.peer.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.PeerId;
import dev.peer.pki.issue.Purpose;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With a real listener, on which nothing but the handshake matters. */
@Timeout(300)
class PeerProbeTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final PeerId LAPTOP = new PeerId("spiffe://team/laptop");

  /** Of a TLS record that is encrypted: the certificate is the first one that a client sends. */
  private static final int APPLICATION_DATA = 23;

  private static final int EVERYTHING = Integer.MAX_VALUE;

  private final TestAuthority team = new TestAuthority("team");
  private final PeerProbe probe = probe(team.peer("spiffe://team/meet"));
  private final PeerProbe ofServer =
      probe(
          team.peer(
              team.issue(
                  TestAuthority.request("spiffe://team/meet").purposes(Purpose.SERVER_AUTH))));
  private TlsAcceptor laptop;

  @BeforeEach
  void start() throws Exception {
    laptop =
        TlsAcceptor.start(
            team.peer(LAPTOP.toString()),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            9,
            LONG,
            connection -> connection.in().read());
  }

  @AfterEach
  void stop() {
    laptop.close();
  }

  @Test
  void findsAPeer() {
    assertThat(probe.finds(LAPTOP, at(laptop.address()))).isTrue();
  }

  @RepeatedTest(10)
  void findsAPeerThatRefusesACertificateForServersAlone() {
    assertThat(ofServer.finds(LAPTOP, at(laptop.address()))).isTrue();
  }

  @Test
  void findsAPeerThatCutsTheConnectionWhileItIsAnswered() throws Exception {
    try (ServerSocket way = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread passing = cutting(way, EVERYTHING);

      assertThat(ofServer.finds(LAPTOP, at(way))).isTrue();
      passing.join();
    }
  }

  @Test
  void doesNotFindAPeerThatHasNotProvedWhoItIs() throws Exception {
    try (ServerSocket way = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread passing = cutting(way, 300);

      assertThat(probe.finds(LAPTOP, at(way))).isFalse();
      passing.join();
    }
  }

  @Test
  void doesNotFindSomebodyElse() {
    PeerId desktop = new PeerId("spiffe://team/desktop");

    assertThat(probe.finds(desktop, at(laptop.address()))).isFalse();
    assertThat(probe(new TestAuthority("others").peer("x:y")).finds(LAPTOP, at(laptop.address())))
        .isFalse();
  }

  @Test
  void givesUpWhereNobodyIsOrSaysAWord() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      PeerProbe hasty = new PeerProbe(team.peer("spiffe://team/meet"), LONG, Duration.ofMillis(50));

      assertThat(hasty.finds(LAPTOP, at(silent))).isFalse();
    }
    laptop.close();
    assertThat(probe.finds(LAPTOP, at(laptop.address()))).isFalse();
    assertThat(probe.finds(LAPTOP, URI.create("https://nowhere.invalid:1"))).isFalse();
  }

  /**
   * Passes on a connection to the laptop, and resets it as soon as its client shows a certificate.
   *
   * @param most how many bytes of the laptop are passed on; after them it is reset too
   */
  private Thread cutting(ServerSocket way, int most) {
    return Thread.ofVirtual()
        .start(
            () -> {
              try {
                cut(way, most).join();
              } catch (IOException e) {
                // Cut already.
                return;
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
  }

  /** The thread ends when both sockets are closed. */
  private Thread cut(ServerSocket way, int most) throws IOException {
    try (Socket client = way.accept();
        Socket server = new Socket(laptop.address().getAddress(), laptop.address().getPort())) {
      client.setTcpNoDelay(true);
      client.setSoLinger(true, 0);
      Thread back = Thread.ofVirtual().start(() -> pass(server, client, most));
      DataInputStream records = new DataInputStream(client.getInputStream());
      int type = records.read();
      while (type >= 0 && type != APPLICATION_DATA) {
        passRecord(type, records, server.getOutputStream());
        type = records.read();
      }
      return back;
    }
  }

  private static void passRecord(int type, DataInputStream in, OutputStream out)
      throws IOException {
    int version = in.readUnsignedShort();
    int length = in.readUnsignedShort();
    byte[] record = new byte[5 + length];
    record[0] = (byte) type;
    record[1] = (byte) (version >> 8);
    record[2] = (byte) version;
    record[3] = (byte) (length >> 8);
    record[4] = (byte) length;
    in.readFully(record, 5, length);
    out.write(record);
  }

  private static void pass(Socket from, Socket to, int most) {
    try (to) {
      InputStream in = from.getInputStream();
      for (int left = most; left > 0; left--) {
        int c = in.read();
        if (c < 0) {
          return;
        }
        to.getOutputStream().write(c);
      }
    } catch (IOException e) {
      // Cut already.
      return;
    }
  }

  private static PeerProbe probe(TlsIdentity identity) {
    return new PeerProbe(identity, LONG, LONG);
  }

  private static URI at(InetSocketAddress address) {
    return URI.create("https://127.0.0.1:" + address.getPort());
  }

  private static URI at(ServerSocket socket) {
    return URI.create("https://127.0.0.1:" + socket.getLocalPort());
  }
}
