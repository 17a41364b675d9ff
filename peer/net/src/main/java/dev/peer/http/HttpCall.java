package dev.peer.http;

import dev.peer.core.access.AccessRules;
import dev.peer.core.access.Verb;
import dev.peer.core.id.RepoId;
import dev.peer.core.trust.Identity;
import dev.peer.wire.Limits;
import dev.peer.wire.Problem;
import dev.peer.wire.Trace;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.xnio.channels.StreamSourceChannel;

/** One request, and the answer to it. Answered once, by one thread. */
public final class HttpCall {

  private static final int CHUNK = 64 << 10;

  private final HttpServerExchange exchange;
  private final InFlightRequests.Request request;
  private final ServerLimits limits;
  private final long begun = System.nanoTime();
  private final ServerMetrics metrics;
  private final RequestLog log;
  private final HttpAnswer answer;
  private Trace trace;
  private String template = AnsweredRequest.NO_TEMPLATE;

  HttpCall(
      HttpServerExchange exchange,
      InFlightRequests.Request request,
      ServerLimits limits,
      ServerMetrics metrics,
      RequestLog log) {
    this.exchange = exchange;
    this.request = request;
    this.limits = limits;
    this.metrics = metrics;
    this.log = log;
    answer = new HttpAnswer(exchange, limits);
  }

  /** The trace that the request belongs to: the one it names, or one of its own. */
  public Trace trace() {
    if (trace == null) {
      trace = header(Trace.HEADER).flatMap(Trace::ofHeader).orElseGet(Trace::random);
    }
    return trace;
  }

  /**
   * Names the path's template, once, for metrics and logs.
   *
   * @param known a text of the program's, of which there are few
   */
  public void setTemplate(String known) {
    template = known;
    metrics.begun(known);
    log.begun(known);
  }

  /**
   * Counts the request, which is over, and tells the log of it.
   *
   * @param whole whether the caller got an answer, and all of it
   * @param failure a failure of the server itself
   */
  void over(boolean whole, Optional<Throwable> failure) {
    long nanos = System.nanoTime() - begun;
    int status = exchange.getStatusCode();
    metrics.over(template, method(), whole ? String.valueOf(status) : "cut", answer.sent(), nanos);
    if (log.keeps(failure)) {
      log.answered(answered(whole ? Optional.of(status) : Optional.empty(), nanos, failure));
    }
  }

  private AnsweredRequest answered(
      Optional<Integer> status, long nanos, Optional<Throwable> failure) {
    return new AnsweredRequest(
        Instant.now(),
        trace(),
        new AnsweredRequest.Sender(
            request.caller().map(caller -> caller.identity().id()), exchange.getSourceAddress()),
        new AnsweredRequest.Target(method(), path(), template),
        new AnsweredRequest.Outcome(status, answer.sent(), Duration.ofNanos(nanos), failure));
  }

  /** Whether the connection came in at the loopback interface. */
  public boolean isFromThisMachine() {
    return exchange.getSourceAddress().getAddress().isLoopbackAddress();
  }

  /** The caller, from the certificate of the connection. */
  public Identity caller() {
    return request.caller().orElseThrow().identity();
  }

  /** The method, in capitals. */
  public String method() {
    return exchange.getRequestMethod().toString();
  }

  /** The path as it was sent, still percent-encoded. */
  public String path() {
    return exchange.getRequestPath();
  }

  /** The query of the path, or empty. */
  public String query() {
    return exchange.getQueryString();
  }

  /** The first value of a header. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
  }

  /** Refuses a method that the path does not have. */
  public void requireMethod(String... allowed) throws ProblemException {
    if (!List.of(allowed).contains(method())) {
      throw ProblemException.noSuchMethod(allowed);
    }
  }

  /**
   * Refuses a caller that the rules allow it for no repository. If later rules no longer allow it,
   * the answer is cut off.
   *
   * @param rules supplies the current rules
   */
  public void require(Supplier<AccessRules> rules, Verb verb) throws ProblemException {
    Identity caller = caller();
    if (!request.onCondition(() -> rules.get().admitsSomewhere(verb, caller))) {
      throw notAllowed(verb, "here");
    }
  }

  /** Like {@link #require(Supplier, Verb)}, for one repository. */
  public void require(Supplier<AccessRules> rules, Verb verb, RepoId repo) throws ProblemException {
    require(rules, verb);
    Identity caller = caller();
    if (!request.onCondition(() -> rules.get().admits(verb, caller, repo))) {
      throw notAllowed(verb, "results of " + repo + " here");
    }
  }

  private ProblemException notAllowed(Verb verb, String what) {
    String name = verb.name().toLowerCase(Locale.ROOT);
    return new ProblemException(
        Problem.Kind.NOT_ALLOWED, caller().id() + " may not " + name + " " + what);
  }

  /** Whether there may be a body: it is known once the request's form is. */
  public boolean mayHaveBody() {
    HeaderMap headers = exchange.getRequestHeaders();
    String length = headers.getFirst(Headers.CONTENT_LENGTH);
    return (length != null && !length.equals("0")) || headers.contains(Headers.TRANSFER_ENCODING);
  }

  /** Refuses a body of any kind. */
  public void requireNoBody() throws ProblemException {
    requireAtMost(0);
  }

  /** The body, refused when it has more bytes than this, or takes as long as no head may. */
  public byte[] body(int most) throws ProblemException, IOException {
    requireAtMost(most);
    ByteBuffer body = ByteBuffer.allocate((int) Math.max(0, length()) + 1);
    new BlockingChannels(limits.head()).read(exchange.getRequestChannel(), body);
    return Arrays.copyOf(body.array(), body.position());
  }

  /**
   * Writes a large body of a known size. Its caller has to make haste: it may pause as long as a
   * connection may be idle, and take for all of it as much longer as this pace takes.
   *
   * @param slowest bytes a second
   * @throws ProblemException if the body has another size
   * @throws IOException if it comes too slowly, or the stream does not take it
   */
  public void body(OutputStream out, long size, long slowest) throws ProblemException, IOException {
    requireAtMost(size);
    if (length() != size) {
      exchange.setPersistent(false);
      throw new ProblemException(
          Problem.Kind.MALFORMED, "a body of " + size + " bytes was expected");
    }
    StreamSourceChannel channel = exchange.getRequestChannel();
    BlockingChannels whole =
        new BlockingChannels(limits.idle().plusSeconds(size / Math.max(1, slowest)));
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
    for (long left = size; left > 0; left -= chunk.limit()) {
      chunk.clear().limit((int) Math.min(CHUNK, left));
      whole.read(channel, chunk);
      if (chunk.hasRemaining()) {
        throw new EOFException("the body broke off");
      }
      out.write(chunk.array(), 0, chunk.limit());
    }
  }

  /** Without a length there is no body: other forms are refused before. */
  private long length() {
    return exchange.getRequestContentLength();
  }

  private void requireAtMost(long most) throws ProblemException {
    if (length() > most) {
      exchange.setPersistent(false);
      throw new ProblemException(Problem.Kind.TOO_LARGE, "at most " + most + " bytes are taken");
    }
    if (most > Limits.REQUEST_BODY) {
      exchange.setMaxEntitySize(most);
    }
  }

  /** Sets a header of the answer. */
  public void set(String name, String value) {
    answer.set(name, value);
  }

  /** Answers without a body. */
  public void answer(int status) {
    answer.send(status);
  }

  /** Answers with a body; to HEAD, with its size alone. */
  public void answer(int status, String mediaType, byte[] body) throws IOException {
    answer.send(status, mediaType, body);
  }

  /**
   * Answers with a part of a file; to HEAD, with its size alone.
   *
   * @throws EOFException if the file is shorter; the caller finds the connection broken off
   */
  public void answer(int status, String mediaType, FileChannel file, long first, long length)
      throws IOException {
    answer.send(status, mediaType, file, first, length);
  }

  /** Answers with some bytes and a file behind them. */
  public void answer(int status, String mediaType, byte[] before, FileChannel file)
      throws IOException {
    answer.send(status, mediaType, before, file);
  }

  /**
   * Answers with a body that comes bit by bit: the head goes out at once, each piece as soon as it
   * is written. To HEAD, answers without it.
   */
  public void answer(int status, String mediaType, Pieces pieces) throws IOException {
    answer.send(status, mediaType, pieces);
  }

  /** Whether all of the answer was taken, that is, there is nothing to send that waits. */
  boolean isDone() {
    return answer.isDone();
  }

  /** Sends the rest. */
  void sendRest() throws IOException {
    answer.sendRest();
  }

  /** A body that comes bit by bit. */
  @FunctionalInterface
  public interface Pieces {

    /** Writes all of it, and returns when there is no more. */
    void writeTo(Sink sink) throws IOException;
  }

  /** Takes the pieces of a body. */
  @FunctionalInterface
  public interface Sink {

    /**
     * Sends the rest of the buffer.
     *
     * @throws IOException if the caller is gone, too slow, or now refused
     */
    void write(ByteBuffer piece) throws IOException;
  }
}
