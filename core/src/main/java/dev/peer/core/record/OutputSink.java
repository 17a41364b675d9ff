package dev.peer.core.record;

import java.io.IOException;

/** Takes a test's output as it comes. */
@FunctionalInterface
public interface OutputSink {

  /** Takes the next bytes of one stream; they are used before the method returns. */
  void write(OutputStreamName stream, byte[] buffer, int offset, int length) throws IOException;
}
