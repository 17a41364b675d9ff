package dev.peer.core.secret;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.peer.core.record.OutputSink;
import dev.peer.core.record.OutputStreamName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes out in the place of secrets, however they were encoded and the stream cut up. */
class MaskingTest {

  /** Values that each encoding treats in its own way. */
  private static final List<String> VALUES =
      List.of(
          "hunter2hunter2",
          "p\"a\\s/s w+o&r=d%",
          "\u00fcn\u00ef c\u00f6d\u00e9 \ud83d\udd11",
          "a%41b\\u0041c\\nd",
          "++++////----____",
          "\u007f\u0001\u0002 controls\t.");

  private static final String KEY =
      """
      -----BEGIN KEY-----
      MIIBVgIBADANBgkqhkiG
        9w0BAQEFAASCAUAwggE8
      AgE=
      -----END KEY-----
      """;

  private static Secrets secrets(String... values) throws SecretException {
    Map<String, SecretValue> named = new TreeMap<>();
    for (String value : values) {
      named.put("S" + named.size(), SecretValue.of(value));
    }
    return Secrets.of(named);
  }

  private static String masked(String text, String... values) throws SecretException {
    return secrets(values).mask(text);
  }

  @Test
  void putsAMaskInThePlaceOfAValue() throws Exception {
    assertThat(masked("a hunter2hunter2, twice: hunter2hunter2\n", "hunter2hunter2"))
        .isEqualTo("a ***, twice: ***\n");
    assertThat(masked("nothing here: hunter2 hunter2 hunter2hunter", "hunter2hunter2"))
        .isEqualTo("nothing here: hunter2 hunter2 hunter2hunter");
  }

  @Test
  void withoutSecretsPassesEverythingAtOnce() throws Exception {
    Recording out = new Recording();
    MaskingSink sink = Secrets.NONE.masking(out);

    out.send(sink, new byte[] {0, -1, '%', '\\', 'a'});

    assertThat(out.bytes.toByteArray()).containsExactly(0, -1, '%', '\\', 'a');
  }

  @ParameterizedTest
  @ValueSource(strings = {"abcdefgh|abcdefghijkl", "abcdefghijkl|abcdefgh"})
  void takesTheLongerOfTwoValuesThatBeginAlike(String values) throws Exception {
    String[] both = values.split("\\|");
    assertThat(masked("<abcdefghijkl>", both)).isEqualTo("<***>");
    assertThat(masked("<abcdefghijk>", both)).isEqualTo("<***ijk>");
    assertThat(masked("<abcdefgh>", both)).isEqualTo("<***>");
  }

  @Test
  void masksAllOfValuesThatOverlap() throws Exception {
    assertThat(masked("<abcdefghijkl>", "abcdefgh", "efghijkl")).isEqualTo("<***>");
    assertThat(masked("<12121212121212>", "12121212")).isEqualTo("<***>");
    assertThat(masked("<0abcdefghi1>", "abcdefgh", "cdefghi1", "0abcdefghi1")).isEqualTo("<***>");
  }

  @Test
  void masksExactlyWhatLookingEverywhereFinds() throws Exception {
    Random random = new Random(20_260_103L);
    for (int round = 0; round < 500; round++) {
      String[] values = new String[1 + random.nextInt(3)];
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < values.length; i++) {
        values[i] = letters(random, 8 + random.nextInt(3));
      }
      for (int i = 0; i < 8; i++) {
        String value = values[random.nextInt(values.length)];
        text.append(value, random.nextInt(3), value.length() - random.nextInt(3));
        text.append(letters(random, random.nextInt(4)));
      }
      assertThat(masked(text.toString(), values))
          .as(text + " " + List.of(values))
          .isEqualTo(maskedByLookingEverywhere(text.toString(), values));
    }
  }

  private static String letters(Random random, int length) {
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < length; i++) {
      letters.append(random.nextBoolean() ? 'a' : 'b');
    }
    return letters.toString();
  }

  /** Takes the matches by their ends, and joins those that overlap. */
  private static String maskedByLookingEverywhere(String text, String[] values) {
    List<int[]> matches = new ArrayList<>();
    for (int end = 1; end <= text.length(); end++) {
      int start = end;
      for (String value : values) {
        if (text.substring(0, end).endsWith(value)) {
          start = Math.min(start, end - value.length());
        }
      }
      if (start < end) {
        while (!matches.isEmpty() && matches.getLast()[1] > start) {
          start = Math.min(start, matches.removeLast()[0]);
        }
        matches.add(new int[] {start, end});
      }
    }
    StringBuilder masked = new StringBuilder();
    int at = 0;
    for (int[] match : matches) {
      masked.append(text, at, match[0]).append("***");
      at = match[1];
    }
    return masked.append(text.substring(at)).toString();
  }

  @Test
  void masksEachLineOfAValueThatIsLongEnough() throws Exception {
    assertThat(masked("key:\n" + KEY.indent(4) + "end\n", KEY))
        .isEqualTo("key:\n    ***\n    ***\n      ***\n    AgE=\n    ***\nend\n");
    assertThat(masked(KEY.replace("\n", "\r\n"), KEY))
        .isEqualTo("***\r\n***\r\n  ***\r\nAgE=\r\n***\r\n");
    assertThat(masked("<" + KEY + ">", KEY)).isEqualTo("<***\n>");
  }

  @Test
  void masksBase64AtEveryAlignment() throws Exception {
    for (String value : VALUES) {
      for (String before : List.of("", "x", "xy", "xyz", "user:")) {
        for (String after : List.of("", "\n", "zz", "zzz")) {
          byte[] text = (before + value + after).getBytes(UTF_8);
          for (Base64.Encoder encoder : encoders()) {
            String encoded = encoder.encodeToString(text);
            String masked = masked("<" + encoded + ">", value);
            assertThat(masked).as(value + " in " + encoded).matches("<[^*]{0,7}\\*{3}[^*]{0,7}>");
            assertThat(masked)
                .as(value + " at the end of " + encoded)
                .matches(after.isEmpty() ? ".*\\*>" : ".*");
          }
        }
      }
    }
  }

  private static List<Base64.Encoder> encoders() {
    return List.of(
        Base64.getEncoder(),
        Base64.getEncoder().withoutPadding(),
        Base64.getUrlEncoder(),
        Base64.getUrlEncoder().withoutPadding());
  }

  @Test
  void masksBase64InLines() throws Exception {
    String encoded =
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(KEY.getBytes(UTF_8));
    assertThat(encoded).contains("\n");

    assertThat(masked("<" + encoded + ">", KEY)).matches("<\\*\\*\\*.?=?>");
    assertThat(masked("<" + encoded.replace("\n", "\r\n") + ">", KEY)).matches("<\\*\\*\\*.?=?>");
  }

  @Test
  void masksPercentEncoding() throws Exception {
    for (String value : VALUES) {
      String form = URLEncoder.encode(value, UTF_8);
      String all = "%" + HexFormat.ofDelimiter("%").formatHex(value.getBytes(UTF_8));
      for (String encoded :
          List.of(
              form,
              form.replace("+", "%20"),
              form.replace("%2F", "/"),
              all,
              all.toUpperCase(Locale.ROOT))) {
        assertThat(masked("a=" + encoded + "&b", value)).as(encoded).isEqualTo("a=***&b");
        assertThat(masked("%" + encoded + "%", value)).as(encoded).isEqualTo("%***%");
      }
      assertThat(masked(lower(form), value)).as(lower(form)).isEqualTo("***");
    }
  }

  /** The hexadecimal digits of the escapes alone. */
  private static String lower(String form) {
    return Pattern.compile("%..")
        .matcher(form)
        .replaceAll(escape -> escape.group().toLowerCase(Locale.ROOT));
  }

  @Test
  void masksJsonStrings() throws Exception {
    JsonMapper plain = new JsonMapper();
    JsonMapper ascii =
        JsonMapper.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII, JsonWriteFeature.ESCAPE_FORWARD_SLASHES)
            .build();
    for (String value : VALUES) {
      String stripped = value.strip();
      for (String encoded :
          List.of(
              plain.writeValueAsString(stripped),
              ascii.writeValueAsString(stripped),
              escaped(stripped, "\\u%04x"),
              escaped(stripped, "\\u%04X"))) {
        assertThat(masked(encoded, value)).as(encoded).isEqualTo("\"***\"");
        assertThat(masked("\\q" + encoded + "\\", value)).as(encoded).isEqualTo("\\q\"***\"\\");
      }
    }
    assertThat(masked("{\"k\":" + plain.writeValueAsString(KEY) + "}", KEY))
        .isEqualTo("{\"k\":\"***\\n\"}");
  }

  private static String escaped(String value, String format) {
    StringBuilder escaped = new StringBuilder("\"");
    value.chars().forEach(c -> escaped.append(format.formatted(c)));
    return escaped.append('"').toString();
  }

  @Test
  void isTheSameHoweverTheStreamIsCut() throws Exception {
    Random random = new Random(20_260_102L);
    String[] values = {
      "hunter2hunter2", "hunter2hunter2hunter3", "r2hunter", "12121212", VALUES.get(1), KEY
    };
    Secrets secrets = secrets(values);
    for (int round = 0; round < 300; round++) {
      byte[] text = text(random, values).getBytes(UTF_8);
      Recording whole = new Recording();
      MaskingSink sink = secrets.masking(whole);
      whole.send(sink, text);
      sink.finish();
      Recording cut = new Recording();
      MaskingSink cutSink = secrets.masking(cut);
      for (int at = 0; at < text.length; ) {
        int length = Math.min(text.length - at, random.nextInt(round % 2 == 0 ? 3 : 40));
        cutSink.write(OutputStreamName.STDOUT, text, at, length);
        at += length;
      }
      cutSink.finish();
      assertThat(cut.text()).isEqualTo(whole.text());
      for (String value : values) {
        assertThat(cut.text()).doesNotContain(value.strip());
      }
    }
  }

  /** Pieces of values, whole ones, encoded ones and other text, in any order. */
  private static String text(Random random, String[] values) {
    List<String> pieces =
        new ArrayList<>(List.of("", "%", "\\", "\\u", "%2", "\n", " and ", "***"));
    for (String value : values) {
      pieces.add(value);
      pieces.add(value.substring(0, random.nextInt(value.length())));
      pieces.add(value.substring(random.nextInt(value.length())));
      pieces.add(Base64.getEncoder().encodeToString(("x" + value).getBytes(UTF_8)));
      pieces.add(URLEncoder.encode(value, UTF_8));
      pieces.add(escaped(value, "\\u%04x"));
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      text.append(pieces.get(random.nextInt(pieces.size())));
    }
    return text.toString();
  }

  @Test
  void holdsBackOnlyWhatMayBecomeAValue() throws Exception {
    Recording out = new Recording();
    MaskingSink sink = secrets("correcthorse", "correcthorse battery").masking(out);

    out.send(sink, "a prompt> ".getBytes(UTF_8));
    assertThat(out.text()).isEqualTo("a prompt> ");
    out.send(sink, "a corr".getBytes(UTF_8));
    assertThat(out.text()).isEqualTo("a prompt> a ");
    out.send(sink, "al and correcthors".getBytes(UTF_8));
    assertThat(out.text()).isEqualTo("a prompt> a corral and ");
    out.send(sink, "e".getBytes(UTF_8));
    assertThat(out.text()).isEqualTo("a prompt> a corral and ***");
    out.send(sink, " batt".getBytes(UTF_8));
    assertThat(out.text()).endsWith(" and ***");
    out.send(sink, "ery and 45%".getBytes(UTF_8));
    assertThat(out.text()).endsWith(" and *** and 45");
    sink.finish();
    assertThat(out.text()).endsWith(" and *** and 45%");
  }

  @Test
  void theStreamsAreMaskedEachForItself() throws Exception {
    Recording out = new Recording();
    MaskingSink sink = secrets("correcthorse").masking(out);

    sink.write(OutputStreamName.STDOUT, "correct".getBytes(UTF_8), 0, 7);
    sink.write(OutputStreamName.STDERR, "warning".getBytes(UTF_8), 0, 7);
    sink.write(OutputStreamName.STDOUT, "horse".getBytes(UTF_8), 0, 5);

    assertThat(out.text()).isEqualTo("warning***");
  }

  @Test
  void whatItHoldsIsBoundedWhateverTheTestPrints() throws Exception {
    Recording out = new Recording();
    MaskingSink sink = secrets("12121212", "hunter2hunter2").masking(out);

    out.send(sink, "12".repeat(1 << 20).getBytes(UTF_8));
    out.send(sink, (" aHV" + "\n".repeat(1 << 20)).getBytes(UTF_8));

    assertThat(out.bytes.size()).isGreaterThan(1 << 20);
    assertThat(out.text()).startsWith("*** aHV\n");
  }

  private static final class Recording implements OutputSink {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public void write(OutputStreamName stream, byte[] buffer, int offset, int length) {
      bytes.write(buffer, offset, length);
    }

    void send(MaskingSink sink, byte[] text) throws IOException {
      sink.write(OutputStreamName.STDOUT, text, 0, text.length);
    }

    String text() {
      return bytes.toString(UTF_8);
    }
  }
}
