package dev.peer.vm.guest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarkedOutputTest {

  private static final String MARKER = "0123456789abcdef0123456789abcdef\n";

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 32, 33, 34, 1000})
  void handsOnEveryByteUpToTheMarkerHoweverItIsCut(int piece) throws Exception {
    String first = "0123456789abcdef0123456789abcdeX 0123 one";
    String second = "two" + MARKER.substring(0, 20);
    MarkedOutput output = output(first + MARKER + MARKER + second + MARKER, piece);

    assertThat(stage(output)).isEqualTo(first);
    assertThat(stage(output)).isEmpty();
    assertThat(stage(output)).isEqualTo(second);
  }

  @Test
  void saysThatTheStreamEndedBeforeTheMarker() throws Exception {
    MarkedOutput output = output("cut off" + MARKER.substring(0, 5), 3);
    ByteArrayOutputStream taken = new ByteArrayOutputStream();

    assertThat(output.readStage(taken::write)).isFalse();
    assertThat(taken.toString(US_ASCII)).isEqualTo("cut off" + MARKER.substring(0, 5));
  }

  @Test
  void carriesManyBytes() throws Exception {
    byte[] bytes = new byte[1 << 20];
    new Random(1).nextBytes(bytes);
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    sent.writeBytes(bytes);
    sent.writeBytes(MARKER.getBytes(US_ASCII));
    MarkedOutput output =
        new MarkedOutput(new ByteArrayInputStream(sent.toByteArray()), MARKER.getBytes(US_ASCII));
    ByteArrayOutputStream taken = new ByteArrayOutputStream();

    assertThat(output.readStage(taken::write)).isTrue();
    assertThat(taken.toByteArray()).isEqualTo(bytes);
  }

  private static String stage(MarkedOutput output) throws IOException {
    ByteArrayOutputStream taken = new ByteArrayOutputStream();
    assertThat(output.readStage(taken::write)).isTrue();
    return taken.toString(US_ASCII);
  }

  private static MarkedOutput output(String text, int piece) {
    InputStream whole = new ByteArrayInputStream(text.getBytes(US_ASCII));
    InputStream cut =
        new InputStream() {
          @Override
          public int read() throws IOException {
            return whole.read();
          }

          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            return whole.read(buffer, offset, Math.min(piece, length));
          }
        };
    return new MarkedOutput(cut, MARKER.getBytes(US_ASCII));
  }
}
