package dev.peer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
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
        "A-B=secret",
        "A='secret",
        "A=\"secret",
        "A=\"secret\\",
        "A=\"secret\\\"",
        "A=\"\\tsecret\"",
        "A='a'secret",
        "A=\"a\"secret",
        "A='a'#secret",
        "export A: secret",
      })
  void refusesASettingOfAnotherFormAndNothingElse(String line) throws ConfigException {
    assertThat(parse(line + "\nPEER_CPUS=2\n").value("PEER_CPUS")).hasValue("2");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> parse("OK=1\n" + ours(line) + "\n"))
        .withMessageStartingWith(".env, line 2: ")
        .withMessageContaining("expected")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"))
        .satisfies(e -> assertThat(e.hint()).isNotBlank());
  }

  private static String ours(String line) {
    return line.replaceFirst("A", "PEER_A");
  }

  @Test
  void refusesASettingAssignedTwice() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> parse("PEER_A=1\n\nPEER_A=1\n"))
        .withMessage(".env, line 3: PEER_A is assigned already on line 1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A = b",
        "A=1\nA=2",
        "A='first\nsecond'",
        "A=\"first\nA second \\\" quote\nlast\" # a comment",
        "A='it is open",
        "A=\"a\\x\"",
        "A='a'b",
      })
  void aValueOfTheApplicationIsAnErrorForWhoeverAsksForIt(String lines) throws ConfigException {
    EnvFile file = parse("B=1\n" + lines + "\nPEER_CPUS=2\nC=3\n");

    assertThat(file.value("PEER_CPUS")).hasValue("2");
    assertThat(file.value("B")).hasValue("1");
    assertThat(file.value("C")).hasValue("3");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> file.value("A"))
        .withMessageStartingWith(".env, line ");
  }

  @Test
  void takesNoSettingFromWithinTheApplicationsQuotes() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> parse("KEY='begin\n PEER_CPUS=2\nend'\n"))
        .withMessage(".env, line 2: no setting expected within the quotes that line 1 opens");
  }

  @Test
  void readsSettingsBesideWhatIsInAnotherEncoding() throws ConfigException {
    byte[] bytes = "NAME=caf\u00e9\nPEER_CPUS=2\n".getBytes(StandardCharsets.ISO_8859_1);
    EnvFile file = EnvFile.parse(bytes);

    assertThat(file.value("PEER_CPUS")).hasValue("2");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> file.value("NAME"))
        .withMessage(".env, line 1: UTF-8 expected");
  }

  @Test
  void refusesASettingThatIsNotUtf8AndWhatIsNoText() {
    byte[] latin = "PEER_REPO=caf\u00e9".getBytes(StandardCharsets.ISO_8859_1);
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> EnvFile.parse(latin))
        .withMessage(".env, line 1: UTF-8 expected");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> EnvFile.parse("A=1".getBytes(StandardCharsets.UTF_16)))
        .withMessage(".env is not text: it has a NUL");
  }

  @Test
  void takesTheLongestFileAndNoLonger() throws ConfigException {
    String longest = "A=" + "x".repeat(EnvFile.LONGEST - 2);
    assertThat(parse(longest).value("A")).isPresent();
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> parse(longest + "x"))
        .withMessageContaining("at most 1048576");
  }

  /** Others' lines stay as they are, a byte order mark and bytes that are no UTF-8 too. */
  @Test
  void putsSettingsIntoTheLinesOfAFile() throws ConfigException {
    byte[] before =
        "\u00ef\u00bb\u00bfPEER_RENDEZVOUS=https://a:1\r\n# f\u00fcr uns\nexport PEER_CA='/x'\n"
            .getBytes(StandardCharsets.ISO_8859_1);
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("PEER_RENDEZVOUS", "https://b:2");
    settings.put("PEER_CA", "/a b/\"c\" $d\\e\n\u00fc");
    settings.put("PEER_KEY", "/key.pem");

    EnvFile.Edited edited = EnvFile.with(before, settings);

    assertThat(edited.replaced()).containsExactly("PEER_RENDEZVOUS", "PEER_CA");
    assertThat(new String(edited.bytes(), StandardCharsets.ISO_8859_1))
        .contains("\n# f\u00fcr uns\n");
    EnvFile file = EnvFile.parse(edited.bytes());
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      assertThat(file.value(setting.getKey())).hasValue(setting.getValue());
    }
    assertThat(EnvFile.with(edited.bytes(), settings).replaced()).isEmpty();
    assertThat(EnvFile.with(edited.bytes(), settings).bytes()).isEqualTo(edited.bytes());
  }

  @Test
  void putsSettingsIntoAnEmptyFile() {
    assertThat(EnvFile.with(new byte[0], Map.of("PEER_KEY", "/key.pem")).bytes())
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("PEER_KEY=/key.pem\n");
  }

  private static EnvFile parse(String text) throws ConfigException {
    return EnvFile.parse(text.getBytes(StandardCharsets.UTF_8));
  }
}
