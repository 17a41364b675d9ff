package dev.peer.core.secret;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which values a secret may have, and that nothing tells them. */
class SecretValueTest {

  private static final String LEAST = "12345678";

  @Test
  void isTheTextAsItWas() {
    assertThat(SecretValue.of(" two\nlines \n").reveal()).isEqualTo(" two\nlines \n");
    assertThat(SecretValue.of("gr\u00fc\u00dfe 1".getBytes(UTF_8)).reveal())
        .isEqualTo("gr\u00fc\u00dfe 1");
    assertThat(SecretValue.of(LEAST).reveal()).isEqualTo(LEAST);
    assertThat(SecretValue.of("x".repeat(SecretValue.LONGEST)).reveal())
        .hasSize(SecretValue.LONGEST);
  }

  @ParameterizedTest
  @CsvSource({
    "'', is empty",
    "' \n\t ', is empty",
    "1234567, is shorter than 8 bytes",
    "'  1234567  ', is shorter than 8 bytes"
  })
  void refusesWhatCanNotBeMasked(String text, String why) {
    assertThatThrownBy(() -> SecretValue.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(why);
  }

  @Test
  void refusesWhatTheGuestCanNotTake() {
    assertThatThrownBy(() -> SecretValue.of("\u00e4".repeat(SecretValue.LONGEST / 2 + 1)))
        .hasMessage("is longer than 16000 bytes");
  }

  @Test
  void refusesWhatIsNotText() {
    String why = "is not UTF-8 text without NUL";
    assertThatThrownBy(() -> SecretValue.of("12345678\0")).hasMessage(why);
    assertThatThrownBy(() -> SecretValue.of("12345678\ud800")).hasMessage(why);
    assertThatThrownBy(() -> SecretValue.of("12345678\ufffd")).hasMessage(why);
    assertThatThrownBy(() -> SecretValue.of("12345678\u00e4".getBytes(ISO_8859_1))).hasMessage(why);
  }

  @Test
  void isNeverShown() throws Exception {
    SecretValue value = SecretValue.of(LEAST);
    Secrets secrets = Secrets.of(Map.of("TOKEN", value));

    assertThat(value).hasToString("***");
    assertThat(secrets).hasToString("[TOKEN]");
    assertThatThrownBy(() -> SecretValue.of("s3cret"))
        .satisfies(e -> assertThat(e.toString()).doesNotContain("s3cret"));
  }

  @Test
  void allTogetherAreBounded() throws Exception {
    SecretValue longest = SecretValue.of("x".repeat(SecretValue.LONGEST));

    assertThat(Secrets.of(Map.of("A", longest, "B", longest, "C", longest, "D", longest)).names())
        .containsExactly("A", "B", "C", "D");
    assertThatThrownBy(
            () ->
                Secrets.of(
                    Map.of(
                        "A",
                        longest,
                        "B",
                        longest,
                        "C",
                        longest,
                        "D",
                        longest,
                        "E",
                        SecretValue.of(LEAST))))
        .isInstanceOf(SecretException.class)
        .hasMessage("the secrets of a run are longer than 64000 bytes together");
  }
}
