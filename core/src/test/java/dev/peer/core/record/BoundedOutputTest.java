package dev.peer.core.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BoundedOutputTest {

  private static final String NOTICE =
      "[peer: the output is cut off here, after 10 bytes of stdout and stderr: PEER_MAX_OUTPUT]\n";

  private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
  private final BoundedOutput output =
      new BoundedOutput(
          (stream, buffer, offset, length) ->
              (stream == OutputStreamName.STDOUT ? stdout : stderr).write(buffer, offset, length),
          10);

  @Test
  void passesOnEveryByteUpToTheBound() throws IOException {
    write(OutputStreamName.STDOUT, "0123\0");
    write(OutputStreamName.STDERR, "\r\n\t~ ");
    assertThat(stdout).hasToString("0123\0");
    assertThat(stderr).hasToString("\r\n\t~ ");
  }

  @Test
  void saysOnALineOfItsOwnWhereAStreamIsCut() throws IOException {
    write(OutputStreamName.STDOUT, "0123456");
    write(OutputStreamName.STDOUT, "789abc");
    write(OutputStreamName.STDOUT, "more");
    assertThat(stdout).hasToString("0123456789\n" + NOTICE);
    assertThat(stderr).hasToString("");
  }

  @Test
  void saysItOnceInEachStreamThatLosesSomething() throws IOException {
    write(OutputStreamName.STDOUT, "012345678\n");
    write(OutputStreamName.STDERR, "x");
    write(OutputStreamName.STDERR, "x");
    assertThat(stdout).hasToString("012345678\n");
    assertThat(stderr).hasToString(NOTICE);
    write(OutputStreamName.STDOUT, "x");
    assertThat(stdout).hasToString("012345678\n" + NOTICE);
  }

  private void write(OutputStreamName stream, String text) throws IOException {
    byte[] bytes = ("##" + text).getBytes(StandardCharsets.ISO_8859_1);
    output.write(stream, bytes, 2, bytes.length - 2);
  }
}
