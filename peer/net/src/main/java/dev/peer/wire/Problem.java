package dev.peer.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Printable;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.util.Arrays;
import java.util.Optional;

/**
 * Why a request was not done: a problem document (RFC 9457).
 *
 * @param kind the kind of problem, on which a client may act
 * @param detail this occurrence, one line for people
 */
public record Problem(Kind kind, String detail) {

  /** The kinds of problem. A client that does not know one goes by the status. */
  public enum Kind {
    MALFORMED(400, "malformed", "The request is not of the form expected"),
    NOT_ALLOWED(403, "not-allowed", "The rules do not allow this to the certificate"),
    NOT_TRUSTED(403, "not-trusted", "The certificate is no longer trusted"),
    NOT_MIRRORED(403, "not-mirrored", "No copies of the repository are kept here"),
    NO_SUCH_PATH(404, "no-such-path", "There is no such path"),
    NO_SUCH_RESULT(404, "no-such-result", "No such result is known"),
    NO_SUCH_CHUNKS(404, "no-such-chunks", "The bundle is not made of chunks"),
    NO_SUCH_RUN(404, "no-such-run", "No such run is in progress here"),
    NO_SUCH_IMAGE(404, "no-such-image", "No such guest image is known"),
    NO_SUCH_FILE(404, "no-such-file", "No such file is held"),
    NO_SUCH_PEER(404, "no-such-peer", "No such peer is registered"),
    NO_SUCH_METHOD(405, "no-such-method", "The path does not have this method"),
    NO_LEASE(409, "no-lease", "Announcing needs a lease"),
    NOT_OFFERED(409, "not-offered", "A bundle is taken after its attestation"),
    TOO_LARGE(413, "too-large", "The body is too large"),
    NO_SUCH_RANGE(416, "no-such-range", "The range is outside the content"),
    UNVERIFIED(422, "unverified", "The result does not hold here"),
    BUSY(429, "busy", "There is too much to do just now"),
    TOO_MANY(429, "too-many", "One identity may not have more"),
    INTERNAL(500, "internal", "The server failed"),
    STOPPING(503, "stopping", "The server is stopping"),
    UNAVAILABLE(503, "unavailable", "The index cannot be reached now"),
    UNHEALTHY(503, "unhealthy", "The server cannot do its work"),
    NO_ANSWER(504, "no-answer", "The peer did not answer in time");

    private static final String PREFIX = "tag:peer.dev,2026:problem:";

    private final int status;
    private final String type;
    private final String title;

    Kind(int status, String type, String title) {
      this.status = status;
      this.type = PREFIX + type;
      this.title = title;
    }

    /** The HTTP status that it comes with. */
    public int status() {
      return status;
    }

    /** The document's {@code type}, a URI that only names. */
    public String type() {
      return type;
    }

    static Optional<Kind> ofType(String type) {
      return Arrays.stream(values()).filter(kind -> kind.type.equals(type)).findFirst();
    }
  }

  /**
   * Reads a problem document; fields that are not known are passed over, as the RFC asks. Empty:
   * its type is none of ours.
   */
  public static Optional<Problem> parse(byte[] json) throws MalformedException {
    StrictJson object = StrictJson.parse("problem", json);
    String type = object.optionalText("type").orElse("about:blank");
    String detail = Printable.plain(object.optionalText("detail").orElse(""));
    return Kind.ofType(type).map(kind -> new Problem(kind, detail));
  }

  /** The form that {@link #parse} reads. */
  public byte[] json() {
    return JsonTree.bytes(object());
  }

  /** The same, with the trace of the request, by which the server's log can be searched. */
  public byte[] json(Trace trace) {
    return JsonTree.bytes(object().put("trace", trace.id()));
  }

  private ObjectNode object() {
    ObjectNode object = JsonTree.object();
    object.put("type", kind.type);
    object.put("title", kind.title);
    object.put("status", kind.status);
    object.put("detail", detail);
    return object;
  }
}
