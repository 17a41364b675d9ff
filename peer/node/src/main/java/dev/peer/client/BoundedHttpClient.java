package dev.peer.client;

import dev.peer.core.id.PeerId;
import dev.peer.core.id.Printable;
import dev.peer.core.record.MalformedException;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.Identity;
import dev.peer.tls.ConnectionException;
import dev.peer.tls.Request;
import dev.peer.tls.Response;
import dev.peer.tls.TlsClient;
import dev.peer.wire.Limits;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.Problem;
import dev.peer.wire.Trace;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Sends one request after the other to one party and reads answers of a bounded size. */
public final class BoundedHttpClient implements AutoCloseable {

  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,4}");

  private final TlsClient https;
  private final Timeouts patience;

  public BoundedHttpClient(TlsClient https, Timeouts patience) {
    this.https = https;
    this.patience = patience;
  }

  /**
   * An answer that was read whole.
   *
   * @param problem the problem document, if it was one of ours
   * @param retryAfter when to come again, if the server has too much to do
   * @param head the answer without its body
   */
  public record Answer(
      int status,
      byte[] body,
      Optional<Problem> problem,
      Optional<Duration> retryAfter,
      Response head) {

    public boolean is(Problem.Kind kind) {
      return problem.filter(p -> p.kind() == kind).isPresent();
    }

    /** Why it is not the requested answer, for the user. */
    public String why() {
      return problem
          .map(p -> p.detail().isEmpty() ? "status " + status : p.detail())
          .orElse("unexpected answer, status " + status);
    }
  }

  /** Asks for something small. */
  public Answer ask(String method, URI uri, Optional<byte[]> body)
      throws IOException, InterruptedException {
    return ask(method, uri, body, patience.answer());
  }

  /**
   * Sends a request with another time limit. Asks a busy server again when it says, within the
   * limit.
   */
  public Answer ask(String method, URI uri, Optional<byte[]> body, Duration limit)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + limit.toNanos();
    while (true) {
      Answer answer = askOnce(method, uri, body, limit);
      long left = until - System.nanoTime();
      if (answer.retryAfter().filter(after -> after.toNanos() < left).isEmpty()) {
        return answer;
      }
      Thread.sleep(answer.retryAfter().get());
    }
  }

  private Answer askOnce(String method, URI uri, Optional<byte[]> body, Duration limit)
      throws IOException, InterruptedException {
    Request request = traced(Request.of(method, uri, limit));
    return read(
        uri,
        https.send(
            body.map(bytes -> request.with(MediaTypes.JSON, Request.Body.of(bytes)))
                .orElse(request)),
        limit);
  }

  /** Gives something large, and reads an answer that is small. */
  public Answer put(URI uri, String mediaType, Request.Body body, Duration limit)
      throws IOException, InterruptedException {
    return read(uri, https.send(Request.of("PUT", uri, limit).with(mediaType, body)));
  }

  /**
   * Asks for something large, which the caller reads; the head of the answer comes in time.
   *
   * @param headers further headers of the request
   */
  public Response open(URI uri, Map<String, String> headers)
      throws ConnectionException, InterruptedException {
    return https.send(traced(Request.get(uri, patience.answer())).with(headers));
  }

  private static Request traced(Request request) {
    return request.with(Trace.HEADER, Trace.ofProcess().header());
  }

  /**
   * The identity in the certificate of an answer's sender.
   *
   * @param role the use for which the certificate must be good
   * @throws ConnectionException if it is not trusted for that
   */
  public Identity identityOf(Response answer, CertificateRole role) throws ConnectionException {
    return https.identityOf(answer, role);
  }

  /**
   * The sender of an answer, by its certificate.
   *
   * @throws ConnectionException if it is not trusted any more
   */
  public PeerId serverOf(Answer answer) throws ConnectionException {
    return https.serverOf(answer.head());
  }

  /** Reads an answer that is small. */
  public Answer read(URI uri, Response answer) throws IOException, InterruptedException {
    return read(uri, answer, patience.answer());
  }

  /** Sends a request with another time limit. */
  public static Answer read(URI uri, Response answer, Duration limit)
      throws IOException, InterruptedException {
    try (AnswerBody body = new AnswerBody(answer, limit, limit)) {
      byte[] bytes = body.readAtMost(Limits.ANSWER_BODY);
      if (bytes.length > Limits.ANSWER_BODY) {
        throw new IOException("an answer of more than " + Limits.ANSWER_BODY + " bytes");
      }
      return new Answer(answer.status(), bytes, problem(answer, bytes), retryAfter(answer), answer);
    } catch (IOException e) {
      throw new IOException(uri.getAuthority() + ": " + e.getMessage(), e);
    }
  }

  private static Optional<Problem> problem(Response answer, byte[] body) {
    try {
      return isOf(answer, MediaTypes.PROBLEM) ? Problem.parse(body) : Optional.empty();
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  /** In seconds; the header may hold a date too, but our servers send none. */
  private static Optional<Duration> retryAfter(Response answer) {
    return answer.status() == 429
        ? answer
            .header("Retry-After")
            .filter(text -> SECONDS.matcher(text).matches())
            .map(text -> Duration.ofSeconds(Long.parseLong(text)))
        : Optional.empty();
  }

  public static boolean isOf(Response answer, String mediaType) {
    return answer.header("Content-Type").filter(mediaType::equals).isPresent();
  }

  /** The message of a failure, on one line and never empty. */
  public static String why(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : Printable.plain(e.getMessage());
  }

  @Override
  public void close() {
    https.close();
  }
}
