package dev.peer.client.fetch;

import dev.peer.client.AnswerBody;
import dev.peer.client.BoundedHttpClient;
import dev.peer.client.Timeouts;
import dev.peer.core.find.Fetch;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.FetchException.Fault;
import dev.peer.core.find.Holder;
import dev.peer.wire.ByteRange;
import dev.peer.wire.PeerPath;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;

/** A large answer on its way here: the whole content, the rest after its first bytes, or a part. */
final class Transfer implements Fetch.Download {

  private static final int CHUNK = 64 << 10;

  private final Holder holder;
  private final HttpResponse<InputStream> answer;
  private final String what;
  private final ByteRange range;
  private final Timeouts patience;

  /**
   * The content that is asked for.
   *
   * @param what its name for the user
   * @param size the bytes that all of it has
   */
  record Body(PeerPath path, String what, long size) {}

  private Transfer(
      Holder holder,
      HttpResponse<InputStream> answer,
      Body body,
      ByteRange range,
      Timeouts patience) {
    this.holder = holder;
    this.answer = answer;
    this.what = body.what();
    this.range = range;
    this.patience = patience;
  }

  /**
   * Asks a holder. It may give all bytes again.
   *
   * @param there how many of the first are not asked for, fewer than all
   */
  static Transfer open(
      HolderConnections connections, Timeouts patience, Holder holder, Body body, long there)
      throws FetchException, InterruptedException {
    HttpResponse<InputStream> answer =
        connections.open(
            holder,
            body.path(),
            there > 0 ? Map.of(HolderConnections.RANGE, "bytes=" + there + "-") : Map.of());
    return answer.statusCode() == 206
        ? part(holder, answer, body, new ByteRange(there, body.size() - there), patience)
        : new Transfer(holder, answer, body, new ByteRange(0, body.size()), patience);
  }

  /** Asks a holder for a part, and refuses an answer with all bytes. */
  static Transfer open(
      HolderConnections connections, Timeouts patience, Holder holder, Body body, ByteRange range)
      throws FetchException, InterruptedException {
    HttpResponse<InputStream> answer =
        connections.open(holder, body.path(), Map.of(HolderConnections.RANGE, range.range()));
    if (answer.statusCode() != 206) {
      new Transfer(holder, answer, body, range, patience).close();
      throw new FetchException(Fault.REFUSED, holder.id() + " gives no parts of " + body.what());
    }
    return part(holder, answer, body, range, patience);
  }

  private static Transfer part(
      Holder holder,
      HttpResponse<InputStream> answer,
      Body body,
      ByteRange range,
      Timeouts patience)
      throws FetchException {
    Transfer transfer = new Transfer(holder, answer, body, range, patience);
    String expected = range.contentRange(body.size());
    if (answer.headers().firstValue("Content-Range").filter(expected::equals).isEmpty()) {
      transfer.close();
      throw new FetchException(Fault.WRONG, holder.id() + " gave another part of " + body.what());
    }
    return transfer;
  }

  @Override
  public long from() {
    return range.first();
  }

  @Override
  public void into(OutputStream out, Duration pause)
      throws FetchException, IOException, InterruptedException {
    Duration stall = pause.compareTo(patience.stall()) < 0 ? pause : patience.stall();
    try (AnswerBody body = new AnswerBody(answer, stall, patience.transfer(range.length()))) {
      copy(body, out);
    }
  }

  /** Cuts off the rest of the transfer. */
  @Override
  public void close() {
    try {
      answer.body().close();
    } catch (IOException e) {
      // Whatever was needed has been read.
    }
  }

  private void copy(AnswerBody body, OutputStream out)
      throws FetchException, IOException, InterruptedException {
    byte[] chunk = new byte[CHUNK];
    long left = range.length();
    while (left > 0) {
      int n = read(body, chunk, (int) Math.min(chunk.length, left));
      if (n < 0) {
        throw wrong("fewer");
      }
      out.write(chunk, 0, n);
      left -= n;
    }
    if (hasMore(body)) {
      throw wrong("more");
    }
  }

  private int read(AnswerBody body, byte[] chunk, int most)
      throws FetchException, InterruptedException {
    try {
      return body.read(chunk, 0, most);
    } catch (IOException e) {
      throw new FetchException(Fault.UNREACHABLE, holder.id() + ": " + BoundedHttpClient.why(e), e);
    }
  }

  /** All that was asked for is there: how the rest ends does not matter. */
  private static boolean hasMore(AnswerBody body) throws InterruptedException {
    try {
      return body.read(new byte[1], 0, 1) > 0;
    } catch (IOException e) {
      return false;
    }
  }

  private FetchException wrong(String how) {
    return new FetchException(
        Fault.WRONG, holder.id() + " gave " + how + " bytes than " + what + " has");
  }
}
