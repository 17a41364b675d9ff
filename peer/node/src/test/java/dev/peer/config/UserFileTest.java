package dev.peer.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserFileTest {

  @TempDir private Path home;

  private Path file;
  private Map<String, String> variables;

  @BeforeEach
  void placeFile() throws IOException {
    file = home.resolve(".config/peer/env");
    Files.createDirectories(file.getParent());
    variables = new HashMap<>(Map.of("HOME", home.toString()));
  }

  @Test
  void countsBelowTheEnvironmentAndAboveEnv() throws Exception {
    write("# mine\nPEER_CPUS=2\nPEER_MEMORY=3G\nexport PEER_DISK='4G'\n");
    variables.put("PEER_CPUS", "1");

    Settings settings =
        Settings.of(
            UserFile.layered(variables),
            EnvFile.parse("PEER_CPUS=9\nPEER_MEMORY=9G\nPEER_RETRY=1\n".getBytes(UTF_8)));

    assertThat(settings.value(Setting.PEER_CPUS))
        .hasValue(new Value(Setting.PEER_CPUS, "1", "the environment"));
    assertThat(settings.value(Setting.PEER_MEMORY))
        .hasValue(new Value(Setting.PEER_MEMORY, "3G", file + ", line 3"));
    assertThat(settings.value(Setting.PEER_DISK))
        .hasValue(new Value(Setting.PEER_DISK, "4G", file + ", line 4"));
    assertThat(settings.places())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "the environment",
                List.of("PEER_CPUS"),
                file.toString(),
                List.of("PEER_MEMORY", "PEER_DISK"),
                ".env",
                List.of("PEER_RETRY")));
  }

  @Test
  void anEmptyVariableHidesTheFile() throws Exception {
    write("PEER_RENDEZVOUS=https://meet:1\n");
    variables.put("PEER_RENDEZVOUS", "");

    assertThat(settings().value(Setting.PEER_RENDEZVOUS)).isEmpty();
  }

  @Test
  void aCallHasItAndItsVariablesWithoutItAreThose() throws Exception {
    write("PEER_CA=/etc/ca.pem\n");

    CallContext call = new CallContext(home, UserFile.layered(variables));

    assertThat(call.environment()).containsEntry("PEER_CA", "/etc/ca.pem").hasSize(2);
    assertThat(UserFile.variables(call.environment())).isEqualTo(variables);
  }

  @Test
  void isWhereXdgSaysIfThatIsAbsolute() {
    assertThat(UserFile.directory(Map.of("HOME", "/h", "XDG_CONFIG_HOME", "/c")))
        .hasValue(Path.of("/c/peer"));
    assertThat(UserFile.directory(Map.of("HOME", "/h", "XDG_CONFIG_HOME", "c")))
        .hasValue(Path.of("/h/.config/peer"));
    assertThat(UserFile.directory(Map.of())).isEmpty();
  }

  @Test
  void thereNeedNotBeOne() throws Exception {
    assertThat(UserFile.layered(variables)).isEqualTo(variables);
  }

  @Test
  void saysWhichOfItsSettingsIsUnknown() throws Exception {
    write("PEER_RENDEZVOU=https://meet:1\n");

    assertThat(settings().warnings())
        .containsExactly(
            "PEER_RENDEZVOU in "
                + file
                + ", line 1: unknown setting; did you mean PEER_RENDEZVOUS?");
  }

  @ParameterizedTest
  @CsvSource({
    "PATH=/bin, 'line 1: PATH is an unknown setting'",
    "PEER_HOME=/var/lib/peer, 'line 1: PEER_HOME may not be set there'",
    "PEER_CA=ca.pem, 'line 1: PEER_CA names a relative path'",
    "PEER_ALLOW_SIGN=@rules, 'line 1: PEER_ALLOW_SIGN names a relative path'",
    "PEER_CA, 'line 1: NAME=value expected'",
  })
  void refusesALineThatCannotCount(String line, String why) throws Exception {
    write(line + "\n");

    refused(file + ", " + why);
  }

  @Test
  void refusesAFileThatOthersMayWrite() throws Exception {
    write("PEER_CPUS=1\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));

    refused(file + " can be written by others");
  }

  private void refused(String message) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> UserFile.layered(variables))
        .withMessageStartingWith(message)
        .satisfies(e -> assertThat(e.hint()).isNotBlank());
  }

  private Settings settings() throws ConfigException {
    return Settings.of(UserFile.layered(variables));
  }

  private void write(String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
  }
}
