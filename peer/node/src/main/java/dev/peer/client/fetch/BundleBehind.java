package dev.peer.client.fetch;

import dev.peer.client.AnswerBody;
import dev.peer.client.BoundedHttpClient;
import dev.peer.client.Timeouts;
import dev.peer.core.find.Fetch;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.FetchException.Fault;
import dev.peer.core.find.Holder;
import dev.peer.core.record.MalformedException;
import dev.peer.core.sign.Attestation;
import dev.peer.wire.Limits;
import dev.peer.wire.WholeResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The bundle behind an attestation, in one answer. */
final class BundleBehind implements Fetch.Download {

  private static final int CHUNK = 64 << 10;

  private final Holder holder;
  private final HttpResponse<InputStream> answer;
  private final Timeouts patience;

  /** Reads nothing yet. */
  BundleBehind(Holder holder, HttpResponse<InputStream> answer, Timeouts patience) {
    this.holder = holder;
    this.answer = answer;
    this.patience = patience;
  }

  /** Reads the attestation, which comes first. */
  Attestation attestation() throws FetchException, InterruptedException {
    AnswerBody body =
        new AnswerBody(answer, patience.stall(), patience.transfer(Limits.ATTESTATION));
    try {
      int length = WholeResult.attestationLength(read(body, WholeResult.HEAD));
      return Attestation.of(read(body, length));
    } catch (MalformedException e) {
      throw new FetchException(Fault.WRONG, holder.id() + " gave " + e.getMessage(), e);
    } finally {
      body.leave();
    }
  }

  @Override
  public long from() {
    return 0;
  }

  @Override
  public void into(OutputStream out, Duration pause)
      throws FetchException, IOException, InterruptedException {
    Duration stall = pause.compareTo(patience.stall()) < 0 ? pause : patience.stall();
    try (AnswerBody body =
        new AnswerBody(answer, stall, patience.transfer(Limits.BUNDLE_AT_ONCE))) {
      byte[] chunk = new byte[CHUNK];
      long left = Limits.BUNDLE_AT_ONCE;
      for (int n = read(body, chunk, 0, CHUNK); n >= 0; n = read(body, chunk, 0, CHUNK)) {
        left -= n;
        if (left < 0) {
          throw new FetchException(
              Fault.WRONG,
              holder.id() + " gave more than " + Limits.BUNDLE_AT_ONCE + " bytes at once");
        }
        out.write(chunk, 0, n);
      }
    }
  }

  /** Cuts off the rest. */
  @Override
  public void close() {
    try {
      answer.body().close();
    } catch (IOException e) {
      // Whatever was needed has been read.
    }
  }

  private byte[] read(AnswerBody body, int length) throws FetchException, InterruptedException {
    byte[] bytes = new byte[length];
    int there = 0;
    while (there < length) {
      int n = read(body, bytes, there, length - there);
      if (n < 0) {
        throw new FetchException(Fault.WRONG, holder.id() + " gave a result that is cut off");
      }
      there += n;
    }
    return bytes;
  }

  private int read(AnswerBody body, byte[] bytes, int offset, int length)
      throws FetchException, InterruptedException {
    try {
      return body.read(bytes, offset, length);
    } catch (IOException e) {
      throw new FetchException(Fault.UNREACHABLE, holder.id() + ": " + BoundedHttpClient.why(e), e);
    }
  }
}
