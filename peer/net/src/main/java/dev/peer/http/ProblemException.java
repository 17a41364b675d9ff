package dev.peer.http;

import dev.peer.core.record.MalformedException;
import dev.peer.wire.Problem;
import java.time.Duration;
import java.util.Map;

/** A request is not to be done; the caller gets the problem document. */
public final class ProblemException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient Problem problem;
  private final transient Map<String, String> headers;

  public ProblemException(Problem.Kind kind, String detail) {
    this(kind, detail, Map.of());
  }

  /** Creates a refusal with headers that its kind requires. */
  public ProblemException(Problem.Kind kind, String detail, Map<String, String> headers) {
    super(detail);
    this.problem = new Problem(kind, detail);
    this.headers = Map.copyOf(headers);
  }

  /** The request is not of the form that it should have. */
  public static ProblemException of(MalformedException e) {
    return new ProblemException(Problem.Kind.MALFORMED, e.getMessage());
  }

  /** There is no such path. */
  public static ProblemException noSuchPath() {
    return new ProblemException(Problem.Kind.NO_SUCH_PATH, "see the paths that this server has");
  }

  /** There is too much to do: the caller is to come again after this time, in whole seconds. */
  public static ProblemException busy(String detail, Duration after) {
    long seconds = Math.max(1, after.plusNanos(999_999_999).toSeconds());
    return new ProblemException(
        Problem.Kind.BUSY, detail, Map.of("Retry-After", Long.toString(seconds)));
  }

  /** The path has other methods. */
  public static ProblemException noSuchMethod(String... allowed) {
    String list = String.join(", ", allowed);
    return new ProblemException(
        Problem.Kind.NO_SUCH_METHOD, "this path has " + list, Map.of("Allow", list));
  }

  /** What the caller gets. */
  public Problem problem() {
    return problem;
  }

  /** What goes with it. */
  public Map<String, String> headers() {
    return headers;
  }
}
