package dev.peer.rendezvous;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.peer.bench.Figures;
import dev.peer.core.access.AccessRules;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.http.Https;
import dev.peer.http.ServerLimits;
import dev.peer.tls.PlainTls;
import dev.peer.tls.TestAuthority;
import dev.peer.wire.LeaseRequest;
import dev.peer.wire.Limits;
import dev.peer.wire.PeerAddress;
import dev.peer.wire.RendezvousPath;
import dev.peer.wire.RunList;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLSocket;

/**
 * What a rendezvous costs those who ask it, over mutual TLS on connections that are kept: lookups
 * in a small and in a large index, announcements, and how soon they are seen. Started by
 * examples/bench/rendezvous; its clients take their part of the same processors.
 */
final class RequestBench {

  private static final int LOOKUPS = 60_000;
  private static final int ROUNDS = 3;
  private static final int ANNOUNCERS = 4;
  private static final int OF_EACH = 10_000;
  private static final double NANOS_PER_SECOND = 1e9;

  private final TestAuthority team = new TestAuthority("bench");

  private RequestBench() {}

  /** Takes the number of peers and of results of each. */
  public static void main(String[] arguments) throws Exception {
    int peers = Integer.parseInt(arguments[0]);
    int results = Integer.parseInt(arguments[1]);
    RequestBench bench = new RequestBench();
    bench.lookups(peers, results);
    bench.announcements();
  }

  private RendezvousServer serve(EmbeddedIndex index) throws IOException {
    return RendezvousServer.start(
        team.peer("spiffe://bench/rendezvous"),
        AccessRules::open,
        index,
        Https.LOOPBACK,
        ServerLimits.RENDEZVOUS);
  }

  private void lookups(int peers, int results) throws Exception {
    IndexBench small = new IndexBench();
    small.fill(100, 10);
    IndexBench large = new IndexBench();
    large.fill(peers, results);
    System.gc();
    try (RendezvousServer few = serve(small.index());
        RendezvousServer many = serve(large.index());
        Connection toFew = connect("spiffe://bench/client", few.address());
        Connection toMany = connect("spiffe://bench/client", many.address())) {
      long[] amongFew = {};
      long[] amongMany = {};
      for (int round = 0; round < ROUNDS; round++) {
        amongFew = toFew.lookups(1_000);
        amongMany = toMany.lookups(peers * results);
      }
      double p99 = Figures.quantile(amongFew, .99);
      Figures.print("lookup among 1,000, p99", p99 / 1e3, "us");
      Figures.print("lookup among all, p99", Figures.quantile(amongMany, .99) / 1e3, "us");
      Figures.printAtMost(
          "p99 among all to p99 among 1,000", Figures.quantile(amongMany, .99) / p99, "", 1.5);
    }
  }

  private void announcements() throws Exception {
    EmbeddedIndex index = new EmbeddedIndex(IndexSettings.DEFAULT, System::nanoTime);
    try (RendezvousServer server = serve(index);
        ExecutorService threads = Executors.newFixedThreadPool(ANNOUNCERS)) {
      rate(threads, server, "warming-up", Connection::announceEach);
      double each = rate(threads, server, "each", Connection::announceEach);
      Figures.printAtLeast("announcements, a request each", each, "/s", 10_000);
      double together = rate(threads, server, "together", Connection::announceTogether);
      Figures.printAtLeast("announcements, 200 in a request", together, "/s", 10_000);
      visible(server);
    }
  }

  @FunctionalInterface
  private interface Way {
    void announce(Connection connection, RepoId repo) throws IOException;
  }

  private double rate(ExecutorService threads, RendezvousServer server, String name, Way way)
      throws Exception {
    List<Connection> connections = new ArrayList<>();
    for (int i = 0; i < ANNOUNCERS; i++) {
      Connection connection = connect("spiffe://bench/" + name + "-" + i, server.address());
      connection.lease();
      connections.add(connection);
    }
    long began = System.nanoTime();
    List<Future<?>> ends = new ArrayList<>();
    for (Connection connection : connections) {
      RepoId repo = new RepoId("bench/" + name);
      ends.add(
          threads.submit(
              () -> {
                way.announce(connection, repo);
                return null;
              }));
    }
    for (Future<?> end : ends) {
      end.get();
    }
    double seconds = (System.nanoTime() - began) / NANOS_PER_SECOND;
    for (Connection connection : connections) {
      connection.close();
    }
    return ANNOUNCERS * OF_EACH / seconds;
  }

  /** From the first byte of an announcement to the last of a lookup that finds it, by another. */
  private void visible(RendezvousServer server) throws Exception {
    RepoId repo = new RepoId("bench/visible");
    try (Connection announcer = connect("spiffe://bench/announcer", server.address());
        Connection client = connect("spiffe://bench/client", server.address())) {
      announcer.lease();
      long[] nanos = new long[5_000];
      for (int i = 0; i < nanos.length; i++) {
        String path = new RendezvousPath.Result(repo, key(i)).text();
        long from = System.nanoTime();
        announcer.ask("PUT", path, new byte[0], 204);
        client.ask("GET", path, new byte[0], 200);
        nanos[i] = System.nanoTime() - from;
      }
      double longest = Figures.quantile(nanos, 1) / 1e6;
      Figures.printAtMost("announced to found, the longest of 5,000", longest, "ms", 50);
    }
  }

  private Connection connect(String uri, InetSocketAddress server) throws Exception {
    SSLSocket socket =
        (SSLSocket) PlainTls.context(team.issue(uri)).getSocketFactory().createSocket();
    socket.setTcpNoDelay(true);
    socket.connect(server);
    return new Connection(socket);
  }

  private static RunKey key(int number) {
    return new RunKey(Digest.of(ByteBuffer.allocate(4).putInt(number).array()));
  }

  /** A connection that asks one thing after the other. */
  private static final class Connection implements AutoCloseable {

    private final SSLSocket socket;
    private final InputStream in;

    Connection(SSLSocket socket) throws IOException {
      this.socket = socket;
      in = new BufferedInputStream(socket.getInputStream());
    }

    void lease() throws IOException {
      LeaseRequest lease = new LeaseRequest(List.of(PeerAddress.parse("https://10.0.0.1:7443")));
      ask("PUT", "/v1/lease", lease.json(), 201);
    }

    long[] lookups(int entries) throws IOException {
      SplittableRandom random = new SplittableRandom(7);
      long[] nanos = new long[LOOKUPS];
      for (int i = 0; i < LOOKUPS; i++) {
        int number = random.nextInt(entries);
        String path =
            new RendezvousPath.Result(IndexBench.repo(number), IndexBench.key(number)).text();
        long from = System.nanoTime();
        ask("GET", path, new byte[0], 200);
        nanos[i] = System.nanoTime() - from;
      }
      return nanos;
    }

    void announceEach(RepoId repo) throws IOException {
      for (int i = 0; i < OF_EACH; i++) {
        ask("PUT", new RendezvousPath.Result(repo, key(i)).text(), new byte[0], 204);
      }
    }

    void announceTogether(RepoId repo) throws IOException {
      RunKey[] keys = new RunKey[OF_EACH];
      Arrays.setAll(keys, RequestBench::key);
      for (int from = 0; from < OF_EACH; from += Limits.RUNS) {
        RunList list = new RunList(List.of(keys).subList(from, from + Limits.RUNS));
        ask("POST", new RendezvousPath.Results(repo).text(), list.json(), 204);
      }
    }

    void ask(String method, String path, byte[] body, int expected) throws IOException {
      String head = method + " " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length;
      byte[] bytes = (head + "\r\n\r\n").getBytes(US_ASCII);
      byte[] request = Arrays.copyOf(bytes, bytes.length + body.length);
      System.arraycopy(body, 0, request, bytes.length, body.length);
      socket.getOutputStream().write(request);
      String status = line();
      int length = 0;
      for (String header = line(); !header.isEmpty(); header = line()) {
        if (header.startsWith("Content-Length: ")) {
          length = Integer.parseInt(header.substring("Content-Length: ".length()));
        }
      }
      in.skipNBytes(length);
      if (!status.startsWith("HTTP/1.1 " + expected)) {
        throw new IOException(method + " " + path + ": " + status);
      }
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) {
          throw new EOFException();
        }
        if (c != '\r') {
          line.append((char) c);
        }
      }
      return line.toString();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
