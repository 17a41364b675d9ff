package dev.peer.client.fetch;

import dev.peer.client.AnswerBody;
import dev.peer.client.Timeouts;
import dev.peer.core.find.Fetch;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.FetchException.Fault;
import dev.peer.core.find.Holder;
import dev.peer.tls.Response;
import dev.peer.wire.ByteRange;
import dev.peer.wire.ContentCoding;
import dev.peer.wire.PeerPath;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A large answer on its way here: the whole content, the rest after its first bytes, or a part. */
final class Transfer implements Fetch.Download {

  private static final int CHUNK = 64 << 10;

  private final HolderAnswer answer;
  private final String what;
  private final ByteRange range;
  private final boolean compressed;

  /**
   * The content that is asked for.
   *
   * @param what its name for the user
   * @param size the bytes that all of it has
   */
  record Body(PeerPath path, String what, long size) {}

  /** What was asked for, as it comes. */
  interface Source extends Closeable {

    /** Reads like a stream. */
    int read(byte[] buffer, int offset, int length) throws FetchException, InterruptedException;

    /** Leaves the answer open. */
    @Override
    default void close() throws IOException {}
  }

  private Transfer(HolderAnswer answer, Body body, ByteRange range, boolean compressed) {
    this.answer = answer;
    this.what = body.what();
    this.range = range;
    this.compressed = compressed;
  }

  /** Asks a holder for all bytes, which it may compress. */
  static Transfer openCompressed(
      HolderConnections connections, Timeouts patience, Holder holder, Body body)
      throws FetchException, InterruptedException {
    Response answer =
        connections.open(holder, body.path(), Map.of(ContentCoding.ACCEPTED, ContentCoding.ZSTD));
    boolean compressed =
        answer.header(ContentCoding.USED).filter(ContentCoding.ZSTD::equals).isPresent();
    return new Transfer(
        new HolderAnswer(holder, answer, patience),
        body,
        new ByteRange(0, body.size()),
        compressed);
  }

  /**
   * Asks a holder. It may give all bytes again.
   *
   * @param there how many of the first are not asked for, fewer than all
   */
  static Transfer open(
      HolderConnections connections, Timeouts patience, Holder holder, Body body, long there)
      throws FetchException, InterruptedException {
    Response answer =
        connections.open(
            holder,
            body.path(),
            there > 0 ? Map.of(HolderConnections.RANGE, "bytes=" + there + "-") : Map.of());
    HolderAnswer named = new HolderAnswer(holder, answer, patience);
    return answer.status() == 206
        ? part(named, body, new ByteRange(there, body.size() - there))
        : new Transfer(named, body, new ByteRange(0, body.size()), false);
  }

  /** Asks a holder for a part, and refuses an answer with all bytes. */
  static Transfer open(
      HolderConnections connections, Timeouts patience, Holder holder, Body body, ByteRange range)
      throws FetchException, InterruptedException {
    Response answer =
        connections.open(holder, body.path(), Map.of(HolderConnections.RANGE, range.range()));
    if (answer.status() != 206) {
      answer.close();
      throw new FetchException(Fault.REFUSED, holder.id() + " gives no parts of " + body.what());
    }
    return part(new HolderAnswer(holder, answer, patience), body, range);
  }

  private static Transfer part(HolderAnswer answer, Body body, ByteRange range)
      throws FetchException {
    Optional<String> given = answer.response().header("Content-Range");
    if (given.filter(range.contentRange(body.size())::equals).isEmpty()) {
      answer.close();
      throw answer.gave("another part of " + body.what());
    }
    return new Transfer(answer, body, range, false);
  }

  @Override
  public long from() {
    return range.first();
  }

  @Override
  public void into(OutputStream out, Duration pause)
      throws FetchException, IOException, InterruptedException {
    try (AnswerBody body = answer.body(pause, range.length());
        Source source = source(body)) {
      copy(source, out);
    }
  }

  private Source source(AnswerBody body) throws IOException {
    return compressed
        ? new CompressedBody(answer, body, what, range.length())
        : (buffer, offset, length) -> answer.read(body, buffer, offset, length);
  }

  /** Cuts off the rest of the transfer. */
  @Override
  public void close() {
    answer.close();
  }

  private void copy(Source source, OutputStream out)
      throws FetchException, IOException, InterruptedException {
    byte[] chunk = new byte[CHUNK];
    long left = range.length();
    while (left > 0) {
      int most = (int) Math.min(chunk.length, left);
      if (copy(source, chunk, most, out) < most) {
        throw wrong("fewer");
      }
      left -= most;
    }
    if (hasMore(source)) {
      throw wrong("more");
    }
  }

  /**
   * Hands on so many bytes at once, because each hand-over costs, and a record of TLS has at most
   * 16 KiB. If the connection breaks off, hands on those that came.
   *
   * @return how many there were before the end
   */
  private static int copy(Source source, byte[] chunk, int most, OutputStream out)
      throws FetchException, IOException, InterruptedException {
    int there = 0;
    try {
      while (there < most) {
        int n = source.read(chunk, there, most - there);
        if (n < 0) {
          return there;
        }
        there += n;
      }
      return there;
    } finally {
      out.write(chunk, 0, there);
    }
  }

  /** All that was asked for is there: how the rest ends does not matter. */
  private static boolean hasMore(Source source) throws InterruptedException {
    try {
      return source.read(new byte[1], 0, 1) > 0;
    } catch (FetchException e) {
      return false;
    }
  }

  private FetchException wrong(String how) {
    return answer.gave(how + " bytes than " + what + " has");
  }
}
