package dev.peer.client.fetch;

import dev.peer.client.AnswerBody;
import dev.peer.core.find.Fetch;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.FetchException.Fault;
import dev.peer.core.record.MalformedException;
import dev.peer.core.sign.Attestation;
import dev.peer.wire.Limits;
import dev.peer.wire.WholeResult;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

/** The bundle behind an attestation, in one answer. */
final class BundleBehind implements Fetch.Download {

  private static final int CHUNK = 64 << 10;

  private final HolderAnswer answer;

  /** Reads nothing yet. */
  BundleBehind(HolderAnswer answer) {
    this.answer = answer;
  }

  /** Reads the attestation, which comes first. */
  Attestation attestation() throws FetchException, InterruptedException {
    AnswerBody body = answer.body(Limits.ATTESTATION);
    try {
      int length = WholeResult.attestationLength(read(body, WholeResult.HEAD));
      return Attestation.of(read(body, length));
    } catch (MalformedException e) {
      throw new FetchException(Fault.WRONG, answer.holder().id() + " gave " + e.getMessage(), e);
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
    try (AnswerBody body = answer.body(pause, Limits.BUNDLE_AT_ONCE)) {
      byte[] chunk = new byte[CHUNK];
      long left = Limits.BUNDLE_AT_ONCE;
      for (int n = answer.read(body, chunk, 0, CHUNK);
          n >= 0;
          n = answer.read(body, chunk, 0, CHUNK)) {
        left -= n;
        if (left < 0) {
          throw answer.gave("more than " + Limits.BUNDLE_AT_ONCE + " bytes at once");
        }
        out.write(chunk, 0, n);
      }
    }
  }

  /** Cuts off the rest. */
  @Override
  public void close() {
    answer.close();
  }

  private byte[] read(AnswerBody body, int length) throws FetchException, InterruptedException {
    byte[] bytes = new byte[length];
    int there = 0;
    while (there < length) {
      int n = answer.read(body, bytes, there, length - there);
      if (n < 0) {
        throw answer.gave("a result that is cut off");
      }
      there += n;
    }
    return bytes;
  }
}
