package dev.peer.core.scratch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileHoldTest {

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void makeFile() throws IOException {
    file = Files.createFile(directory.resolve("lock"));
  }

  @Test
  void isSharedUntilTheLastHasClosed() throws Exception {
    FileHold one = FileHold.shared(file);
    FileHold two = FileHold.shared(file);
    assertThat(FileHold.tryAlone(file)).isEmpty();

    one.close();
    one.close();
    assertThat(FileHold.tryAlone(file)).isEmpty();

    two.close();
    try (FileHold _ = FileHold.tryAlone(file).orElseThrow()) {
      assertThatThrownBy(() -> FileHold.shared(file)).hasMessageContaining("alone");
    }
  }

  @Test
  void isSharedWithoutWaitingUnlessSomebodyHoldsItAlone() throws Exception {
    try (FileHold _ = FileHold.tryShared(file).orElseThrow();
        FileHold _ = FileHold.tryShared(file).orElseThrow()) {
      assertThat(FileHold.tryAlone(file)).isEmpty();
      assertThat(answerOfAnotherProcess()).isEqualTo("held");
    }
    try (FileHold _ = FileHold.tryAlone(file).orElseThrow()) {
      assertThat(FileHold.tryShared(file)).isEmpty();
    }
    assertThat(answerOfAnotherProcess()).isEqualTo("free");
  }

  @Test
  void waitsForAnotherThreadThatHoldsItAlone() throws Exception {
    CompletableFuture<FileHold> waiting;
    try (FileHold _ = FileHold.tryAlone(file).orElseThrow()) {
      waiting = CompletableFuture.supplyAsync(this::shared);
    }
    try (FileHold _ = waiting.get(120, TimeUnit.SECONDS)) {
      assertThat(FileHold.tryAlone(file)).isEmpty();
    }
  }

  @Test
  void waitsToHoldItAloneUntilNobodyHoldsItShared() throws Exception {
    CompletableFuture<Boolean> waiting;
    try (FileHold _ = FileHold.shared(file)) {
      waiting =
          CompletableFuture.supplyAsync(
              () -> {
                try (FileHold _ = FileHold.alone(file)) {
                  return answerOfAnotherProcess().equals("held");
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      assertThat(waiting.isDone()).isFalse();
    }
    assertThat(waiting.get(120, TimeUnit.SECONDS)).isTrue();
    assertThat(answerOfAnotherProcess()).isEqualTo("free");
  }

  private FileHold shared() {
    try {
      return FileHold.shared(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void holdsAgainstOtherProcessesEvenAfterThisOneTriedToTakeItAlone() throws Exception {
    try (FileHold _ = FileHold.shared(file)) {
      assertThat(FileHold.tryAlone(file)).isEmpty();

      assertThat(answerOfAnotherProcess()).isEqualTo("held");
    }
    assertThat(answerOfAnotherProcess()).isEqualTo("free");
  }

  @Test
  void leavesNoFileWhenItIsInterrupted() {
    Path made = directory.resolve("made");
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> FileHold.create(made)).isInstanceOf(IOException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(made).doesNotExist();
  }

  @Test
  void saysThatTheFileIsGone() {
    assertThatThrownBy(() -> FileHold.shared(directory.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> FileHold.tryAlone(directory.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
  }

  private String answerOfAnotherProcess() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Asker.class.getName(),
                file.toString())
            .start();
    try {
      String answer = process.inputReader().readLine();
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      return answer;
    } finally {
      process.destroyForcibly();
    }
  }

  /** Says whether it could hold the file alone. */
  static final class Asker {

    private Asker() {}

    public static void main(String[] arguments) throws Exception {
      System.out.println(FileHold.tryAlone(Path.of(arguments[0])).isPresent() ? "free" : "held");
    }
  }
}
