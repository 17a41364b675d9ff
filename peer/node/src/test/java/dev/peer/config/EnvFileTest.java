package dev.peer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvFileTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          A=value                    ~ `value`
          A=                         ~ ``
          A=''                       ~ ``
          A= value                   ~ `value`
          A=a b  c                   ~ `a b  c`
          A=value # a comment        ~ `value`
          A=value# no comment        ~ `value# no comment`
          A=#value                   ~ `#value`
          A= # a comment             ~ ``
          A=b=c                      ~ `b=c`
          A=$HOME                    ~ `$HOME`
          A=a\\nb                    ~ `a\\nb`
          A={"x": 'y'}               ~ `{"x": 'y'}`
          A=ünï                      ~ `ünï`
          A='a # "b" \\n $c'         ~ `a # "b" \\n $c`
          A='a' # a comment          ~ `a`
          A="a # 'b' $c"             ~ `a # 'b' $c`
          A="a\\nb"                  ~ `a\nb`
          A="\\"\\\\\\$"             ~ `"\\$`
          A="a"   # a comment        ~ `a`
          export A=value             ~ `value`
          export   A="value"         ~ `value`
          """)
  void readsAValue(String line, String value) throws ConfigException {
    assertThat(parse(line).value("A")).hasValue(value);
  }

  @Test
  void readsLinesAndTheirNumbers() throws ConfigException {
    EnvFile file = parse("\ufeff# first\r\n\r\n  \nB=2\r\n  # more\n  A=1");
    assertThat(file.names()).containsExactly("B", "A");
    assertThat(file.entry("B")).hasValue(new EnvFile.Entry("2", 4));
    assertThat(file.entry("A")).hasValue(new EnvFile.Entry("1", 6));
    assertThat(file.value("C")).isEmpty();
  }

  @Test
  void readsAnEmptyFile() throws ConfigException {
    assertThat(parse("").names()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A",
        "A =secret",
        "1A=secret",
        "A-B=secret",
        "=secret",
        "exportA secret",
        "A='secret",
        "A=\"secret",
        "A=\"secret\\",
        "A=\"secret\\\"",
        "A=\"\\tsecret\"",
        "A='a'secret",
        "A=\"a\"secret",
        "A='a'#secret",
      })
  void refusesALineOfAnotherForm(String line) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> parse("OK=1\n" + line + "\n"))
        .withMessageStartingWith(".env, line 2: ")
        .withMessageContaining("expected")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"))
        .satisfies(e -> assertThat(e.hint()).isNotBlank());
  }

  @Test
  void refusesANameAssignedTwice() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> parse("A=1\n\nA=1\n"))
        .withMessage(".env, line 3: A is assigned already on line 1");
  }

  @Test
  void refusesWhatIsNoText() {
    for (byte[] bytes : new byte[][] {{'A', '=', 0}, {'A', '=', (byte) 0xff}, {(byte) 0xc3}}) {
      assertThatExceptionOfType(ConfigException.class)
          .isThrownBy(() -> EnvFile.parse(bytes))
          .withMessage(".env is not UTF-8 text");
    }
  }

  @Test
  void takesTheLongestFileAndNoLonger() throws ConfigException {
    String longest = "A=" + "x".repeat(EnvFile.LONGEST - 2);
    assertThat(parse(longest).value("A")).isPresent();
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> parse(longest + "x"))
        .withMessageContaining("at most 65536");
  }

  private static EnvFile parse(String text) throws ConfigException {
    return EnvFile.parse(text.getBytes(StandardCharsets.UTF_8));
  }
}
