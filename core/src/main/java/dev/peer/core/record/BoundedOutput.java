package dev.peer.core.record;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Hands output on until both streams together have reached a number of bytes, and drops the rest.
 * Each stream that loses something gets a line that says so in its place.
 *
 * <p>Safe for one thread a stream.
 */
public final class BoundedOutput implements OutputSink {

  private final OutputSink sink;
  private final long most;
  private long left;
  private final State stdout = new State();
  private final State stderr = new State();

  private static final class State {
    private boolean atLineStart = true;
    private boolean cut;
  }

  /**
   * Bounds the output that the sink gets.
   *
   * @param most how many bytes of output, without the lines that say where it is cut
   */
  public BoundedOutput(OutputSink sink, long most) {
    this.sink = sink;
    this.most = most;
    this.left = most;
  }

  @Override
  public synchronized void write(OutputStreamName stream, byte[] buffer, int offset, int length)
      throws IOException {
    State state = stream == OutputStreamName.STDOUT ? stdout : stderr;
    if (length == 0 || state.cut) {
      return;
    }
    int kept = (int) Math.min(left, length);
    if (kept > 0) {
      sink.write(stream, buffer, offset, kept);
      left -= kept;
      state.atLineStart = buffer[offset + kept - 1] == '\n';
    }
    if (kept < length) {
      state.cut = true;
      byte[] notice = notice(state.atLineStart).getBytes(StandardCharsets.US_ASCII);
      sink.write(stream, notice, 0, notice.length);
    }
  }

  private String notice(boolean atLineStart) {
    return (atLineStart ? "" : "\n")
        + "[peer: the output is cut off here, after "
        + most
        + " bytes of stdout and stderr: PEER_MAX_OUTPUT]\n";
  }
}
