package dev.peer.relay;

import dev.peer.core.record.MalformedException;
import dev.peer.http.AnsweredRequest;
import dev.peer.http.ProblemException;
import dev.peer.http.RequestLog;
import dev.peer.pages.RelayCall;
import dev.peer.tls.Deadline;
import dev.peer.tls.TlsConnection;
import dev.peer.wire.HttpHead;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.Problem;
import dev.peer.wire.RelayPath;
import dev.peer.wire.Trace;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** The one request of a connection and its answer; counted and logged when it is over. */
final class Exchange implements AutoCloseable, RelayCall {

  private static final String METHOD = "GET";

  private final TlsConnection connection;
  private final Duration limit;
  private final RelayMetrics metrics;
  private final RequestLog log;
  private final long begun = System.nanoTime();
  private Trace trace = Trace.random();
  private String method = "";
  private String path = "";
  private String template = AnsweredRequest.NO_TEMPLATE;
  private boolean upgrades;
  private Optional<Integer> status = Optional.empty();
  private long bytes;

  /**
   * Nothing is read yet.
   *
   * @param limit for the head, and for an answer that is small
   */
  Exchange(TlsConnection connection, Duration limit, RelayMetrics metrics, RequestLog log) {
    this.connection = connection;
    this.limit = limit;
    this.metrics = metrics;
    this.log = log;
  }

  /** Reads the head, and gives the path of the request as it was sent. */
  String read() throws IOException, MalformedException, ProblemException {
    HttpHead head;
    try (Deadline _ = connection.deadline(limit)) {
      head = HttpHead.read(connection.in());
    }
    head.header(Trace.HEADER).flatMap(Trace::ofHeader).ifPresent(given -> trace = given);
    String[] start = head.start().split(" ", -1);
    if (start.length != 3 || !start[2].equals("HTTP/1.1") || head.header("host").isEmpty()) {
      throw new MalformedException("a request of HTTP/1.1 with one Host was expected");
    }
    head.bodyLength(0);
    method = start[0];
    path = start[1];
    upgrades = head.header("upgrade").filter(RelayPath.UPGRADE::equals).isPresent();
    return path;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public void isOf(String known) throws ProblemException {
    template = known;
    if (!method.equals(METHOD)) {
      throw ProblemException.noSuchMethod(METHOD);
    }
  }

  /** Refuses a request without the upgrade to this protocol. */
  void requireUpgrade() throws MalformedException {
    if (!upgrades) {
      throw new MalformedException("the header Upgrade: " + RelayPath.UPGRADE + " was expected");
    }
  }

  /** From now on the connection carries bytes. */
  void upgrade() throws IOException {
    status = Optional.of(101);
    connection.out().write(RelayPath.upgraded());
    connection.out().flush();
  }

  void answer(String mediaType, byte[] body) throws IOException {
    answer(200, mediaType, body, Map.of());
  }

  void refuse(ProblemException refusal) throws IOException {
    Problem problem = refusal.problem();
    answer(problem.kind().status(), MediaTypes.PROBLEM, problem.json(), refusal.headers());
  }

  @Override
  public void answer(int code, String mediaType, byte[] body, Map<String, String> headers)
      throws IOException {
    try (Deadline _ = connection.deadline(limit)) {
      connection.out().write(RelayPath.answer(code, mediaType, body.length, headers));
      connection.out().write(body);
      connection.out().flush();
    }
    status = Optional.of(code);
    bytes = body.length;
  }

  @Override
  public void close() {
    metrics.over(template, status);
    log.answered(
        new AnsweredRequest(
            Instant.now(),
            trace,
            new AnsweredRequest.Sender(Optional.of(connection.other().id()), connection.remote()),
            new AnsweredRequest.Target(method, path, template),
            new AnsweredRequest.Outcome(
                status, bytes, Duration.ofNanos(System.nanoTime() - begun), Optional.empty())));
  }
}
