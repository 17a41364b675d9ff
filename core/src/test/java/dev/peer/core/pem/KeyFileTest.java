package dev.peer.core.pem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyFileTest {

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void make() throws Exception {
    file = Files.writeString(directory.resolve("key.pem"), "secret bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-------", "r--------", "rwx------"})
  void takesWhatIsItsOwnersAlone(String mode) throws Exception {
    allow(mode);

    assertThatCode(() -> KeyFile.requirePrivate("PEER_KEY", file)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"rw-r-----", "r--r-----", "rw----r--", "rw--w----", "rw-----w-", "rw---x---"})
  void refusesWhatIsOpenToOthers(String mode) throws Exception {
    allow(mode);

    assertRefused(file, mode);
  }

  @Test
  void looksAtWhatALinkLeadsTo() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);
    allow("rw-------");
    assertThatCode(() -> KeyFile.requirePrivate("PEER_KEY", link)).doesNotThrowAnyException();
    allow("rw-r--r--");

    assertRefused(link, "rw-r--r--");
  }

  @Test
  void takesWhatIsNoPlainFile() {
    assertThatCode(() -> KeyFile.requirePrivate("PEER_KEY", Path.of("/dev/null")))
        .doesNotThrowAnyException();
  }

  private void allow(String mode) throws Exception {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private static void assertRefused(Path path, String mode) {
    assertThatThrownBy(() -> KeyFile.requirePrivate("PEER_KEY", path))
        .isInstanceOfSatisfying(
            CredentialException.class,
            e -> assertThat(e.hint()).contains("chmod 600", "PEER_KEY takes the PEM itself"))
        .hasMessageContaining("PEER_KEY: the private key in \"" + path + "\" is open to others")
        .hasMessageContaining(mode)
        .hasMessageNotContaining("secret bytes");
  }
}
