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

/** A large answer on its way here: the whole content, or the rest after its first bytes. */
final class Transfer implements Fetch.Download {

  private static final int CHUNK = 64 << 10;

  private final Holder holder;
  private final HttpResponse<InputStream> answer;
  private final String what;
  private final long size;
  private final long from;
  private final Timeouts patience;

  /**
   * The content that is asked for.
   *
   * @param what its name for the user
   * @param size the bytes that all of it has
   */
  record Body(PeerPath path, String what, long size) {}

  private Transfer(
      Holder holder, HttpResponse<InputStream> answer, Body body, long from, Timeouts patience) {
    this.holder = holder;
    this.answer = answer;
    this.what = body.what();
    this.size = body.size();
    this.from = from;
    this.patience = patience;
  }

  /**
   * Asks a holder.
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
    boolean part = answer.statusCode() == 206;
    Transfer transfer = new Transfer(holder, answer, body, part ? there : 0, patience);
    if (part && !isRange(answer, there, body.size())) {
      transfer.close();
      throw new FetchException(Fault.WRONG, holder.id() + " gave another part of " + body.what());
    }
    return transfer;
  }

  @Override
  public long from() {
    return from;
  }

  @Override
  public void into(OutputStream out, Duration pause)
      throws FetchException, IOException, InterruptedException {
    Duration stall = pause.compareTo(patience.stall()) < 0 ? pause : patience.stall();
    try (AnswerBody body = new AnswerBody(answer, stall, patience.transfer(size - from))) {
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
    long left = size - from;
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

  private static boolean isRange(HttpResponse<?> answer, long there, long size) {
    String expected = new ByteRange(there, size - there).contentRange(size);
    return answer.headers().firstValue("Content-Range").filter(expected::equals).isPresent();
  }

  private FetchException wrong(String how) {
    return new FetchException(
        Fault.WRONG, holder.id() + " gave " + how + " bytes than " + what + " has");
  }
}
