package dev.peer.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.peer.core.secret.SecretException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValueDigestsTest {

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("home/digest-key");
  }

  @Test
  void sameVariableSameValueSameDigest() throws Exception {
    String digest = ValueDigests.of(file).of("A", "value");

    assertThat(digest).matches("[0-9a-f]{64}");
    assertThat(ValueDigests.of(file).of("A", "value")).isEqualTo(digest);
    assertThat(ValueDigests.of(file).of("A", "other")).isNotEqualTo(digest);
    assertThat(ValueDigests.of(file).of("B", "value")).isNotEqualTo(digest);
  }

  @Test
  void theKeyIsThisMachinesOwnAndClosedToOthers() throws Exception {
    String here = ValueDigests.of(file).of("A", "value");
    String there = ValueDigests.of(directory.resolve("other/digest-key")).of("A", "value");

    assertThat(there).isNotEqualTo(here);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(file.getParent()).isDirectoryContaining(made -> made.equals(file));
    try (var files = Files.list(file.getParent())) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void refusesAKeyThatOthersCouldReadOrThatIsNone() throws Exception {
    ValueDigests.of(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertRefused("open to others");

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    ValueDigests.of(file);
    Files.write(file, new byte[31]);
    assertRefused("does not have 32 bytes");
  }

  @Test
  void refusesALink() throws Exception {
    Path elsewhere = directory.resolve("elsewhere");
    ValueDigests.of(elsewhere);
    Files.createDirectory(file.getParent());
    Files.createSymbolicLink(file, elsewhere);

    assertRefused("a link");
  }

  @Test
  void whoeverMakesItAtOnceGetsTheSameKey() {
    Set<String> digests = ConcurrentHashMap.newKeySet();

    IntStream.range(0, 16)
        .parallel()
        .forEach(
            _ -> {
              try {
                digests.add(ValueDigests.of(file).of("A", "value"));
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });

    assertThat(digests).hasSize(1);
  }

  private void assertRefused(String why) {
    assertThatExceptionOfType(SecretException.class)
        .isThrownBy(() -> ValueDigests.of(file))
        .withMessageContaining(why)
        .satisfies(e -> assertThat(e.hint()).contains("remove it"));
  }
}
