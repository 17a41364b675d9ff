package dev.peer.core.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.id.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputTest {

  @TempDir private Path directory;

  private final AtomicLong micros = new AtomicLong();
  private RunFiles files;

  @BeforeEach
  void nameFiles() {
    files = new RunFiles(directory);
  }

  @Test
  void keepsBothStreamsApartAndTheirOrder() throws Exception {
    TestOutput output;
    try (OutputRecorder recorder = new OutputRecorder(files, micros::get)) {
      write(recorder, OutputStreamName.STDOUT, "a", 10_000);
      write(recorder, OutputStreamName.STDERR, "b", 20_000);
      write(recorder, OutputStreamName.STDOUT, "c", 30_000);
      output = recorder.finish();
    }

    assertThat(files.output(OutputStreamName.STDOUT)).hasContent("ac");
    assertThat(files.output(OutputStreamName.STDERR)).hasContent("b");
    assertThat(files.timing()).hasContent("stdout 10000 1\nstderr 10000 1\nstdout 10000 1\n");
    assertThat(output.stdout()).isEqualTo(new Content(2, Digest.of("ac".getBytes(UTF_8))));
    List<String> replayed = new ArrayList<>();
    files.replay(
        (stream, buffer, offset, length) ->
            replayed.add(stream + new String(buffer, offset, length, UTF_8)));
    assertThat(replayed).containsExactly("stdouta", "stderrb", "stdoutc");
  }

  @Test
  void countsChunksOfOneStreamThatComeTogetherAsOne() throws Exception {
    try (OutputRecorder recorder = new OutputRecorder(files, micros::get)) {
      write(recorder, OutputStreamName.STDOUT, "a", 100);
      write(recorder, OutputStreamName.STDOUT, "b", 200);
      write(recorder, OutputStreamName.STDOUT, "c", 5_000);
      recorder.finish();
    }

    assertThat(files.timing()).hasContent("stdout 100 2\nstdout 4900 1\n");
  }

  @Test
  void keepsOutputOfAnyBytesAndNone() throws Exception {
    byte[] bytes = new byte[200_000];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    try (OutputRecorder recorder = new OutputRecorder(files, micros::get)) {
      recorder.write(OutputStreamName.STDERR, bytes, 0, bytes.length);
      recorder.finish();
    }

    assertThat(files.output(OutputStreamName.STDERR)).hasBinaryContent(bytes);
    assertThat(files.output(OutputStreamName.STDOUT)).isEmptyFile();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "stdout 1 5\n",
        "stdout 1 1\n",
        "stdout 1 3",
        "stdout 1 3\n\n",
        "stdout 01 3\n",
        "stdout 1 3\u00ff\n",
        "stdout 1 03\n",
        "stdout 999999999999999 3\n",
        "stdout 31000000000000 2\nstdout 31000000000000 1\n",
        "stdout 0000000000000000000000000000000000000000000000000000000001 3\n",
        ""
      })
  void refusesTimingThatDoesNotFitTheOutput(String timing) throws Exception {
    Files.writeString(files.output(OutputStreamName.STDOUT), "abc");
    Files.writeString(files.output(OutputStreamName.STDERR), "");
    Files.writeString(files.timing(), timing);

    assertThatThrownBy(() -> files.replay((stream, buffer, offset, length) -> {}))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("timing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"stdin 1 1", "stdout 1", "stdout 1 -1", "stdout 1 1 ", "STDOUT 1 1"})
  void refusesALineOfAnotherForm(String line) {
    assertThatThrownBy(() -> Timing.parse(line)).isInstanceOf(MalformedException.class);
  }

  private void write(OutputRecorder recorder, OutputStreamName stream, String text, long at)
      throws IOException {
    micros.set(at);
    byte[] bytes = text.getBytes(UTF_8);
    recorder.write(stream, bytes, 0, bytes.length);
  }
}
