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
import io.undertow.util.HttpString;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/** One request, and the answer to it. Answered once, by one thread. */
public final class HttpCall {

  private static final int CHUNK = 64 << 10;

  private final HttpServerExchange exchange;
  private final InFlightRequests.Request request;
  private final ServerLimits limits;
  private final long begun = System.nanoTime();
  private final ServerMetrics metrics;
  private Trace trace;
  private String template = AnsweredRequest.NO_TEMPLATE;
  private long sent;

  /** The rest of an answer that is sent without waiting. */
  private Rest rest;

  private record Rest(StreamSinkChannel channel, ByteBuffer body) {}

  HttpCall(
      HttpServerExchange exchange,
      InFlightRequests.Request request,
      ServerLimits limits,
      ServerMetrics metrics) {
    this.exchange = exchange;
    this.request = request;
    this.limits = limits;
    this.metrics = metrics;
  }

  /** The trace that the request belongs to: the one it names, or one of its own. */
  public Trace trace() {
    if (trace == null) {
      trace = header(Trace.HEADER).flatMap(Trace::ofHeader).orElseGet(Trace::random);
    }
    return trace;
  }

  /**
   * Names the path's template, for metrics and logs.
   *
   * @param known a text of the program's, of which there are few
   */
  public void setTemplate(String known) {
    template = known;
    metrics.begun(known);
  }

  /**
   * Counts the request, which is over, and tells the log of it.
   *
   * @param whole whether the caller got an answer, and all of it
   * @param failure a failure of the server itself
   */
  void over(RequestLog log, boolean whole, Optional<Throwable> failure) {
    long nanos = System.nanoTime() - begun;
    int status = exchange.getStatusCode();
    metrics.over(template, method(), whole ? String.valueOf(status) : "cut", sent, nanos);
    if (log.keeps(failure)) {
      log.answered(answered(whole ? Optional.of(status) : Optional.empty(), nanos, failure));
    }
  }

  private AnsweredRequest answered(
      Optional<Integer> status, long nanos, Optional<Throwable> failure) {
    return new AnsweredRequest(
        Instant.now(),
        trace(),
        request.caller().map(caller -> caller.identity().id()),
        exchange.getSourceAddress(),
        method(),
        path(),
        template,
        status,
        sent,
        Duration.ofNanos(nanos),
        failure);
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
   * @param rules gives those of the moment
   */
  public void require(Supplier<AccessRules> rules, Verb verb) throws ProblemException {
    Identity caller = caller();
    if (!request.onCondition(() -> rules.get().admitsSomewhere(verb, caller))) {
      throw notAllowed(verb, "here");
    }
  }

  /** Like the other method, for one repository. */
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
    return length != null && !length.equals("0") || headers.contains(Headers.TRANSFER_ENCODING);
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
   * Writes a large body of a known size to a file. Its caller has to make haste: it may pause as
   * long as a connection may be idle, and take for all of it as much longer as this pace takes.
   *
   * @param slowest bytes a second
   * @throws ProblemException if the body has another size
   * @throws IOException if it comes too slowly, or cannot be written
   */
  public void body(FileChannel file, long size, long slowest) throws ProblemException, IOException {
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
      chunk.flip();
      while (chunk.hasRemaining()) {
        file.write(chunk);
      }
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
    exchange.getResponseHeaders().put(new HttpString(name), value);
  }

  /** Answers without a body. */
  public void answer(int status) {
    sayWhetherItStaysOpen();
    exchange.setStatusCode(status);
    exchange.endExchange();
  }

  /** Answers with a body; to HEAD, with its size alone. */
  public void answer(int status, String mediaType, byte[] body) throws IOException {
    StreamSinkChannel channel = head(status, mediaType, body.length);
    ByteBuffer buffer = ByteBuffer.wrap(body, 0, isHead() ? 0 : body.length);
    if (!exchange.isInIoThread()) {
      send(channel, buffer);
    } else if (isTakenAtOnce(channel, buffer)) {
      exchange.endExchange();
    } else {
      rest = new Rest(channel, buffer);
    }
  }

  /** Whether all of the answer was taken, that is, there is nothing to send that waits. */
  boolean isDone() {
    return rest == null;
  }

  /** Sends the rest. */
  void sendRest() throws IOException {
    send(rest.channel, rest.body);
  }

  private void send(StreamSinkChannel channel, ByteBuffer body) throws IOException {
    while (body.hasRemaining()) {
      ByteBuffer chunk = body.slice(body.position(), Math.min(CHUNK, body.remaining()));
      write(channel, chunk);
      body.position(body.position() + chunk.limit());
    }
    end(channel);
  }

  private boolean isTakenAtOnce(StreamSinkChannel channel, ByteBuffer body) throws IOException {
    int taken = 1;
    while (body.hasRemaining() && taken > 0) {
      taken = channel.write(body);
      sent += taken;
    }
    if (body.hasRemaining()) {
      return false;
    }
    channel.shutdownWrites();
    return channel.flush();
  }

  /**
   * Answers with a part of a file; to HEAD, with its size alone.
   *
   * @throws EOFException if the file is shorter; the caller finds the connection broken off
   */
  public void answer(int status, String mediaType, FileChannel file, long first, long length)
      throws IOException {
    StreamSinkChannel channel = head(status, mediaType, length);
    ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK, length));
    long sent = isHead() ? length : 0;
    while (sent < length) {
      chunk.clear().limit((int) Math.min(chunk.capacity(), length - sent));
      int read = file.read(chunk, first + sent);
      if (read < 0) {
        throw new EOFException("the file has become shorter");
      }
      sent += read;
      write(channel, chunk.flip());
    }
    end(channel);
  }

  /**
   * Answers with a body that comes bit by bit: the head goes out at once, each piece as soon as it
   * is written.
   */
  public void answer(int status, String mediaType, Pieces pieces) throws IOException {
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, mediaType);
    exchange.setStatusCode(status);
    StreamSinkChannel channel = exchange.getResponseChannel();
    new BlockingChannels(limits.idle()).flush(channel);
    pieces.writeTo(
        piece -> {
          BlockingChannels patient = new BlockingChannels(limits.idle());
          int size = piece.remaining();
          patient.write(channel, piece);
          sent += size;
          patient.flush(channel);
        });
    end(channel);
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

  /** Each chunk has its time: a reader that takes a byte now and then is too slow. */
  private void write(StreamSinkChannel channel, ByteBuffer chunk) throws IOException {
    int size = chunk.remaining();
    new BlockingChannels(limits.idle()).write(channel, chunk);
    sent += size;
  }

  private void end(StreamSinkChannel channel) throws IOException {
    new BlockingChannels(limits.idle()).end(channel);
    exchange.endExchange();
  }

  private boolean isHead() {
    return method().equals("HEAD");
  }

  private StreamSinkChannel head(int status, String mediaType, long length) {
    HeaderMap headers = exchange.getResponseHeaders();
    headers.put(Headers.CONTENT_TYPE, mediaType);
    headers.put(Headers.CONTENT_LENGTH, length);
    sayWhetherItStaysOpen();
    exchange.setStatusCode(status);
    return exchange.getResponseChannel();
  }

  /**
   * An HTTP/1.0 client considers a connection over, and waits for its end, unless told otherwise.
   */
  private void sayWhetherItStaysOpen() {
    if (exchange.isHttp10() && exchange.isPersistent()) {
      exchange.getResponseHeaders().put(Headers.CONNECTION, "keep-alive");
    }
  }
}
