package dev.peer.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.config.ConfigException;
import dev.peer.core.pem.CredentialException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When files are read again. */
class ReloadableTest {

  @TempDir private Path directory;
  private Path file;
  private int reads;

  @BeforeEach
  void write() throws IOException {
    file = Files.writeString(directory.resolve("file"), "first");
  }

  @Test
  void readsOnceWhileNothingChanges() throws Exception {
    Reloadable<String> part = part(file);

    assertThat(part.look(false)).isEqualTo(new ReloadOutcome.Unchanged());
    assertThat(part.look(true)).isEqualTo(new ReloadOutcome.Unchanged());
    assertThat(reads).isEqualTo(1);
  }

  @Test
  void takesAChangeThatTwoLooksHaveSeen() throws Exception {
    Reloadable<String> part = part(file);
    Files.writeString(file, "second");

    assertThat(part.look(false)).isEqualTo(new ReloadOutcome.Unchanged());
    assertThat(part.value()).isEqualTo("first");
    assertThat(part.look(false)).isEqualTo(new ReloadOutcome.Taken());
    assertThat(part.value()).isEqualTo("second");
  }

  @Test
  void waitsWhileTheFileGoesOnChanging() throws Exception {
    Reloadable<String> part = part(file);

    for (String text : List.of("a", "ab", "abc")) {
      Files.writeString(file, text);
      assertThat(part.look(false)).isEqualTo(new ReloadOutcome.Unchanged());
    }

    assertThat(part.value()).isEqualTo("first");
    assertThat(part.look(false)).isEqualTo(new ReloadOutcome.Taken());
    assertThat(part.value()).isEqualTo("abc");
  }

  @Test
  void takesAChangeAtOnceWhenTheFilesAreWhole() throws Exception {
    Reloadable<String> part = part(file);
    Files.writeString(file, "second");

    assertThat(part.look(true)).isEqualTo(new ReloadOutcome.Taken());
  }

  @Test
  void seesAFileOfTheSameSizeAndTimeInItsPlace() throws Exception {
    FileTime time = Files.getLastModifiedTime(file);
    Reloadable<String> part = part(file);
    Path other = Files.writeString(directory.resolve("other"), "FIRST");
    Files.setLastModifiedTime(other, time);
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);

    assertThat(part.look(true)).isEqualTo(new ReloadOutcome.Taken());
    assertThat(part.value()).isEqualTo("FIRST");
  }

  @Test
  void seesThatADirectoryAboveIsAnotherOne() throws Exception {
    for (String version : List.of("one", "two")) {
      Files.writeString(Files.createDirectory(directory.resolve(version)).resolve("f"), version);
    }
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("one"));
    Reloadable<String> part = part(link.resolve("f"));
    Path next = Files.createSymbolicLink(directory.resolve("next"), Path.of("two"));
    Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);

    assertThat(part.look(true)).isEqualTo(new ReloadOutcome.Taken());
    assertThat(part.value()).isEqualTo("two");
  }

  @Test
  void keepsWhatThereWasWhileAFileIsGone() throws Exception {
    Reloadable<String> part = part(file);
    Files.delete(file);

    assertThat(part.look(false)).isEqualTo(new ReloadOutcome.Unchanged());
    assertThat(part.look(false)).isInstanceOf(ReloadOutcome.Refused.class);
    assertThat(part.look(false)).isEqualTo(new ReloadOutcome.Unchanged());
    assertThat(part.value()).isEqualTo("first");

    Files.writeString(file, "back");
    part.look(false);
    assertThat(part.look(false)).isEqualTo(new ReloadOutcome.Taken());
    assertThat(part.value()).isEqualTo("back");
  }

  @Test
  void saysAnewWhatIsWrongWhenItIsSomethingElseAndWhenAsked() throws Exception {
    Reloadable<String> part = part(file);
    Files.writeString(file, "bad");
    part.look(false);

    assertThat(part.look(false)).isInstanceOf(ReloadOutcome.Refused.class);
    assertThat(part.look(false)).isEqualTo(new ReloadOutcome.Unchanged());
    assertThat(part.look(true)).isInstanceOf(ReloadOutcome.Refused.class);
    Files.delete(file);
    assertThat(part.look(true)).isInstanceOf(ReloadOutcome.Refused.class);
  }

  @Test
  void readsAPipeOnce() throws Exception {
    Reloadable<String> part =
        Reloadable.read(List.of(Path.of("/dev/null")), () -> "read " + ++reads);

    part.look(true);

    assertThat(part.value()).isEqualTo("read 1");
  }

  @Test
  void doesNotBeginWithWhatCanNotBeRead() throws IOException {
    Files.writeString(file, "bad");

    assertThatThrownBy(() -> part(file)).isInstanceOf(ConfigException.class);
  }

  private Reloadable<String> part(Path path) throws CredentialException, ConfigException {
    return Reloadable.read(List.of(path), () -> read(path));
  }

  private String read(Path path) throws ConfigException {
    reads++;
    try {
      String text = Files.readString(path);
      if (text.equals("bad")) {
        throw new ConfigException("it is bad", "make it good");
      }
      return text;
    } catch (IOException e) {
      throw new ConfigException("it is not there", "put it there");
    }
  }
}
