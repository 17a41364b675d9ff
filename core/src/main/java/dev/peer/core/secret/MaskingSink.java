package dev.peer.core.secret;

import dev.peer.core.record.OutputSink;
import dev.peer.core.record.OutputStreamName;
import java.io.IOException;

/** Masks both streams of a stage on their way. Safe for one thread a stream. */
public final class MaskingSink implements OutputSink {

  private final SecretMasker stdout;
  private final SecretMasker stderr;

  MaskingSink(SecretPatterns patterns, OutputSink target) {
    this.stdout = masker(patterns, target, OutputStreamName.STDOUT);
    this.stderr = masker(patterns, target, OutputStreamName.STDERR);
  }

  private static SecretMasker masker(
      SecretPatterns patterns, OutputSink target, OutputStreamName stream) {
    return new SecretMasker(
        patterns, (buffer, offset, length) -> target.write(stream, buffer, offset, length));
  }

  @Override
  public void write(OutputStreamName stream, byte[] buffer, int offset, int length)
      throws IOException {
    (stream == OutputStreamName.STDOUT ? stdout : stderr).write(buffer, offset, length);
  }

  /**
   * Writes the bytes that it held back, once the stage has ended. Do not call it after a stage that
   * was cut off: those bytes may then be most of a value.
   */
  public void finish() throws IOException {
    stdout.finish();
    stderr.finish();
  }
}
