package dev.peer.client.fetch;

import dev.peer.client.AnswerBody;
import dev.peer.client.BoundedHttpClient;
import dev.peer.client.Timeouts;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.FetchException.Fault;
import dev.peer.core.find.Holder;
import dev.peer.tls.Response;
import java.io.IOException;
import java.time.Duration;

/** What a holder answers. Its failures name the holder. */
record HolderAnswer(Holder holder, Response response, Timeouts patience) implements AutoCloseable {

  /**
   * The body.
   *
   * @param pause how long it may pause at most
   * @param most how many bytes it has at most
   */
  AnswerBody body(Duration pause, long most) {
    Duration stall = pause.compareTo(patience.stall()) < 0 ? pause : patience.stall();
    return new AnswerBody(response, stall, patience.transfer(most));
  }

  AnswerBody body(long most) {
    return body(patience.stall(), most);
  }

  /** Reads like a stream. */
  int read(AnswerBody body, byte[] bytes, int offset, int length)
      throws FetchException, InterruptedException {
    try {
      return body.read(bytes, offset, length);
    } catch (IOException e) {
      throw unreachable(holder, e);
    }
  }

  static FetchException unreachable(Holder holder, IOException e) {
    return new FetchException(Fault.UNREACHABLE, holder.id() + ": " + BoundedHttpClient.why(e), e);
  }

  /** The holder gave what it should not. */
  FetchException gave(String what) {
    return new FetchException(Fault.WRONG, holder.id() + " gave " + what);
  }

  /** Cuts off the rest. */
  @Override
  public void close() {
    response.close();
  }
}
