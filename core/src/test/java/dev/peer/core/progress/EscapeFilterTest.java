package dev.peer.core.progress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EscapeFilterTest {

  /** All that may be left of controls, by the standard and not by our own code. */
  private static final Pattern HARMLESS =
      Pattern.compile("(?:[^\\x00-\\x1f\\x7f-\\x9f]|[\\t\\n\\r]|\\x1b\\[[0-9;:]*m|\\x1b\\[0?K)*");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "plain text\n",
        "tab\tand return\r\n",
        "Grüße, 日本語, Ελληνικά, 🦊👩‍💻, e\u0301",
        "\u00a0no-break space, \u00ad, \ud7ff \ue000 \uffff \ud800\udc00 \udbff\udfff",
        "\u001b[31mred\u001b[0m",
        "\u001b[1;38;5;208;4:3mmuch\u001b[m",
        "\u001b[38:2::255:0:0mtrue colour\u001b[39m",
        "\u001b[01m\u001b[Kas gcc has it\u001b[m\u001b[0K"
      })
  void leavesTextAndColoursAsTheyAre(String text) {
    assertThat(whole(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    // Cursor, screen, modes, questions
    "␛[2J, ^[[2J",
    "␛[1;1H, ^[[1;1H",
    "␛[A, ^[[A",
    "␛[1K, ^[[1K",
    "␛[2K, ^[[2K",
    "␛[?25l, ^[[?25l",
    "␛[?1049h, ^[[?1049h",
    "␛[>4;1m, ^[[>4;1m",
    "␛[?4m, ^[[?4m",
    "␛[4$m, ^[[4$m",
    "␛[ m, ^[[ m",
    "␛[6n, ^[[6n",
    "␛[c, ^[[c",
    "␛[21t, ^[[21t",
    "␛c, ^[c",
    "␛7, ^[7",
    "␛(0, ^[(0",
    "␛#8, ^[#8",
    // Strings: title, clipboard, hyperlink, device control, APC, PM, SOS
    "␛]0;title␇, ^[]0;title^G",
    "␛]52;c;cm0gLXJm␇, ^[]52;c;cm0gLXJm^G",
    "␛]8;;http://x/␛\\link, ^[]8;;http://x/^[\\link",
    "␛P$q\"p␛\\, ^[P$q\"p^[\\",
    "␛_Gx␛\\, ^[_Gx^[\\",
    "␛^x␛\\, ^[^x^[\\",
    "␛Xx␛\\, ^[Xx^[\\",
    // A terminal would obey a control within a sequence
    "␛[3␛[31m, ^[[3␛[31m",
    "␛␛[31m, ^[␛[31m",
    "␛[3␇1m, ^[[3^G1m"
  })
  void showsOtherSequences(String sequence, String shown) {
    assertThat(whole(escaped(sequence))).isEqualTo(escaped(shown));
  }

  @Test
  void showsSingleControls() {
    assertThat(whole("\0\1\5\7\b\13\14\16\17\30\32\34\177"))
        .isEqualTo("^@^A^E^G^H^K^L^N^O^X^Z^\\^?");
  }

  @Test
  void showsControlsOfTheSecondSetAsTheEscapesThatTheyStandFor() {
    assertThat(whole("\u009b31m \u009d0;title\u009c \u0090q\u009c \u0085 \u0080 \u009f"))
        .isEqualTo("^[[31m ^[]0;title^[\\ ^[Pq^[\\ ^[E ^[@ ^[_");
  }

  @ParameterizedTest
  @CsvSource({
    "9b, fffd",
    "9b 33 31 6d, fffd 33 31 6d",
    "c2, fffd",
    "c2 41, fffd 41",
    "c2 c2 a9, fffd a9",
    "c0 9b, fffd fffd",
    "e0 82 9b, fffd fffd fffd",
    "ed a0 80, fffd fffd fffd",
    "f0 80 82 9b, fffd fffd fffd fffd",
    "f4 90 80 80, fffd fffd fffd fffd",
    "f5 80, fffd fffd",
    "e2 82 41, fffd 41",
    "f0 9f a6, fffd",
    "e4 f6 fc, fffd fffd fffd"
  })
  void replacesWhatIsNoUtf8(String bytes, String shown) {
    StringBuilder expected = new StringBuilder();
    for (String point : shown.split(" ")) {
      expected.appendCodePoint(Integer.parseInt(point, 16));
    }
    assertThat(new String(filtered(new EscapeFilter(), hex(bytes), 1), UTF_8))
        .isEqualTo(expected.toString());
  }

  @Test
  void holdsBackWhatIsNotWhole() {
    EscapeFilter filter = new EscapeFilter();

    assertThat(next(filter, "a\u001b")).isEqualTo("a");
    assertThat(next(filter, "[3")).isEmpty();
    assertThat(next(filter, "1mb")).isEqualTo("\u001b[31mb");
    assertThat(filter.filter(new byte[] {(byte) 0xc2}, 0, 1)).isEmpty();
    assertThat(filter.filter(new byte[] {(byte) 0x9b, 'm'}, 0, 2))
        .isEqualTo("^[[m".getBytes(UTF_8));
    assertThat(next(filter, "\u001b[")).isEmpty();
    assertThat(new String(filter.end(), UTF_8)).isEqualTo("^[[");
    assertThat(filter.end()).isEmpty();
  }

  @Test
  void showsASequenceThatDoesNotEnd() {
    String endless = "\u001b[" + "1;".repeat(5_000) + "m";

    assertThat(whole(endless)).isEqualTo(endless.replace("\u001b", "^["));
  }

  @Test
  void endsTheStyleThatIsInForce() {
    EscapeFilter filter = new EscapeFilter();
    assertThat(filter.endStyle()).isEmpty();

    next(filter, "\u001b[8m\u001b[K");
    assertThat(filter.endStyle()).isEqualTo("\u001b[m".getBytes(UTF_8));
    assertThat(filter.endStyle()).isEmpty();
    next(filter, "\u001b[1m\u001b[0m");
    assertThat(filter.endStyle()).isEmpty();
    next(filter, "\u001b[1m\u001b[m");
    assertThat(filter.endStyle()).isEmpty();
  }

  @Test
  void readsOnlyThePartItIsGiven() {
    byte[] buffer = "\u001b]x\u0007y\u001b".getBytes(UTF_8);

    assertThat(new EscapeFilter().filter(buffer, 1, 2)).isEqualTo("]x".getBytes(UTF_8));
  }

  @Test
  void leavesNothingHarmfulOfAnyBytesHoweverTheyAreCut() throws Exception {
    Random random = new Random(1);
    byte[] alphabet =
        hex("1b 1b 5b 5d 6d 4b 30 3b 3f 07 9b c2 e2 f0 9f 41 0a 0d 50 5c 80 bf 00 18");
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[random.nextInt(24)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = alphabet[random.nextInt(alphabet.length)];
      }
      byte[] atOnce = filtered(new EscapeFilter(), bytes, Math.max(1, bytes.length));

      assertThat(filtered(new EscapeFilter(), bytes, 1 + random.nextInt(3))).isEqualTo(atOnce);
      assertThat(strict(atOnce)).matches(HARMLESS);
      assertThat(filtered(new EscapeFilter(), atOnce, 5)).isEqualTo(atOnce);
    }
  }

  @Test
  void makesNothingNewOfTwoStreamsThatShareATerminal() throws Exception {
    Random random = new Random(2);
    byte[] bytes = hex("1b 5b 33 6d c2 9b 9d 5d e2 82 4b 07");
    EscapeFilter one = new EscapeFilter();
    EscapeFilter other = new EscapeFilter();
    ByteArrayOutputStream terminal = new ByteArrayOutputStream();
    for (int i = 0; i < 50_000; i++) {
      EscapeFilter filter = random.nextBoolean() ? one : other;
      terminal.writeBytes(filter.filter(bytes, random.nextInt(bytes.length), 1));
    }

    // As a terminal reads it: sequence by sequence, and what is left must be text.
    String left = strict(terminal.toByteArray()).replaceAll("\\x1b\\[(?:[0-9;:]*m|0?K)", "");
    assertThat(left).doesNotContainPattern("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]");
  }

  private static String whole(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    byte[] byteByByte = filtered(new EscapeFilter(), bytes, 1);
    assertThat(filtered(new EscapeFilter(), bytes, 7)).isEqualTo(byteByByte);
    return new String(byteByByte, UTF_8);
  }

  private static byte[] filtered(EscapeFilter filter, byte[] bytes, int piece) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < bytes.length; at += piece) {
      out.writeBytes(filter.filter(bytes, at, Math.min(piece, bytes.length - at)));
    }
    out.writeBytes(filter.end());
    return out.toByteArray();
  }

  private static String next(EscapeFilter filter, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return new String(filter.filter(bytes, 0, bytes.length), UTF_8);
  }

  private static String strict(byte[] bytes) throws CharacterCodingException {
    return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  private static String escaped(String text) {
    return text.replace('␛', '\u001b').replace('␇', '\u0007');
  }

  private static byte[] hex(String bytes) {
    StringBuilder text = new StringBuilder();
    for (String one : bytes.split(" ")) {
      text.append((char) Integer.parseInt(one, 16));
    }
    return text.toString().getBytes(ISO_8859_1);
  }
}
