package dev.peer.client.fetch;

import dev.peer.client.AnswerBody;
import dev.peer.core.find.FetchException;
import dev.peer.core.flow.InterruptedIo;
import dev.peer.core.record.FrameStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;

/**
 * The content of an answer that comes in zstd frames. No more is decompressed than is read, and no
 * more frames are taken than such content can have.
 */
final class CompressedBody implements Transfer.Source {

  private final HolderAnswer answer;
  private final AnswerBody body;
  private final String what;
  private final InputStream content;

  /** How many bytes of frames are still taken. */
  private long left;

  /** Why no more frames come, if that is no fault of theirs. */
  private IOException broken;

  /**
   * Reads nothing yet.
   *
   * @param what the content's name for the user
   * @param size how many bytes the content has
   */
  CompressedBody(HolderAnswer answer, AnswerBody body, String what, long size) throws IOException {
    this.answer = answer;
    this.body = body;
    this.what = what;
    this.left = FrameStream.most(size);
    this.content = FrameStream.read(new Frames());
  }

  @Override
  public int read(byte[] buffer, int offset, int length)
      throws FetchException, InterruptedException {
    try {
      return content.read(buffer, offset, length);
    } catch (IOException e) {
      InterruptedIo.rethrow(e);
      throw broken == null
          ? answer.gave(what + " in frames that cannot be read: " + e.getMessage())
          : HolderAnswer.unreachable(answer.holder(), broken);
    }
  }

  @Override
  public void close() throws IOException {
    content.close();
  }

  /** The bytes of the answer. */
  private final class Frames extends InputStream {

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (left == 0) {
        throw new IOException("there are too many of them");
      }
      try {
        int n = body.read(buffer, offset, (int) Math.min(length, left));
        left -= Math.max(n, 0);
        return n;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw (IOException) new InterruptedIOException("interrupted").initCause(e);
      } catch (IOException e) {
        broken = e;
        throw e;
      }
    }
  }
}
