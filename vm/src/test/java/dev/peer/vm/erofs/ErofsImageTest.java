package dev.peer.vm.erofs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.peer.core.flow.GuestDirectory;
import dev.peer.core.flow.GuestDirectory.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no file system can hold. What it holds, the guest's kernel reads in {@code CheckoutIT}. */
class ErofsImageTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  @TempDir private Path directory;
  private ErofsImage image;
  private GuestDirectory root;

  @BeforeEach
  void create() throws IOException {
    image = ErofsImage.create(directory.resolve("image"), 10 * 4096);
    root = image.root();
  }

  @AfterEach
  void close() throws IOException {
    image.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b", "a\0b"})
  void refusesANameThatNoFileCanHave(String name) {
    assertThatIOException().isThrownBy(() -> root.directory(bytes(name), NOON));
    assertThatIOException().isThrownBy(() -> root.link(bytes(name), bytes("a"), NOON));
    assertThatIOException().isThrownBy(() -> file(name, 1));
  }

  @Test
  void refusesANameThatIsTooLong() throws IOException {
    file("n".repeat(255), 1);
    assertThatIOException().isThrownBy(() -> file("n".repeat(256), 1));
  }

  @Test
  void refusesANameThatIsTaken() throws IOException {
    root.directory(bytes("a"), NOON);
    assertThatIOException().isThrownBy(() -> file("a", 1)).withMessageContaining("\"a\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\0b"})
  void refusesALinkThatLeadsNowhere(String target) {
    assertThatIOException().isThrownBy(() -> root.link(bytes("link"), bytes(target), NOON));
  }

  @Test
  void takesNoMoreThanTheRoomThatThereIs() throws IOException {
    file("a", 4 * 4096);
    assertThatIOException()
        .isThrownBy(() -> file("b", 4 * 4096))
        .withMessageContaining("PEER_DISK");
  }

  @Test
  void countsABlockForEachEntry() {
    assertThatIOException()
        .isThrownBy(
            () -> {
              GuestDirectory deepest = root;
              for (int i = 0; i < 10; i++) {
                deepest = deepest.directory(bytes("a"), NOON);
              }
            })
        .withMessageContaining("PEER_DISK");
  }

  @Test
  void numbersItsEntriesAndTellsTheirSizes() throws IOException {
    GuestDirectory.Entry first = file("first", 3);
    GuestDirectory.Entry second = root.link(bytes("second"), bytes("first"), NOON);
    image.finish();

    assertThat(first.size()).isEqualTo(3);
    assertThat(second.size()).isEqualTo(5);
    assertThat(second.inode()).isGreaterThan(first.inode());
    assertThat(Files.size(directory.resolve("image")) % 4096).isZero();
  }

  private GuestDirectory.Entry file(String name, int size) throws IOException {
    return root.file(bytes(name), Mode.PLAIN, NOON, out -> out.write(new byte[size]));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
