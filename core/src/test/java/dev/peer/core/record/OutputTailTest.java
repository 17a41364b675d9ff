package dev.peer.core.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Output that is read while it is written. */
class OutputTailTest {

  @TempDir private Path directory;

  private final AtomicLong clock = new AtomicLong();
  private final StringBuilder read = new StringBuilder();

  @Test
  void passesOnWhatHasComeInItsOrder() throws Exception {
    RunFiles files = new RunFiles(directory);
    try (OutputRecorder recorder = OutputRecorder.live(files, clock::getAndIncrement);
        OutputTail tail = new OutputTail(files)) {
      assertThat(tail.passOn(this::take)).isFalse();

      write(recorder, OutputStreamName.STDOUT, "one");
      write(recorder, OutputStreamName.STDERR, "two");
      assertThat(tail.passOn(this::take)).isTrue();
      assertThat(read).hasToString("stdout:one;stderr:two;");

      write(recorder, OutputStreamName.STDOUT, "three");
      assertThat(tail.passOn(this::take)).isTrue();
      assertThat(tail.passOn(this::take)).isFalse();
    }
    assertThat(read).hasToString("stdout:one;stderr:two;stdout:three;");
  }

  @Test
  void readsOnWhereTheFilesWereMovedAway() throws Exception {
    RunFiles files = new RunFiles(Files.createDirectory(directory.resolve("here")));
    try (OutputRecorder recorder = OutputRecorder.live(files, clock::getAndIncrement);
        OutputTail tail = new OutputTail(files)) {
      Files.move(directory.resolve("here"), directory.resolve("there"));
      write(recorder, OutputStreamName.STDOUT, "last");

      assertThat(tail.passOn(this::take)).isTrue();
    }
    assertThat(read).hasToString("stdout:last;");
  }

  @Test
  void refusesTimingThatIsNone() throws Exception {
    RunFiles files = new RunFiles(directory);
    Files.writeString(files.output(OutputStreamName.STDOUT), "");
    Files.writeString(files.output(OutputStreamName.STDERR), "");
    Files.writeString(files.timing(), "stdout 0 5\n");

    try (OutputTail tail = new OutputTail(files)) {
      assertThatThrownBy(() -> tail.passOn(this::take)).isInstanceOf(MalformedException.class);
    }
  }

  private void take(OutputStreamName stream, byte[] buffer, int offset, int length) {
    read.append(stream).append(':');
    read.append(new String(buffer, offset, length, StandardCharsets.UTF_8)).append(';');
  }

  private static void write(OutputRecorder recorder, OutputStreamName stream, String text)
      throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    recorder.write(stream, bytes, 0, bytes.length);
  }
}
