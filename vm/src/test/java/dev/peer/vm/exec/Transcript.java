package dev.peer.vm.exec;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.record.OutputStreamName;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What a run said. */
final class Transcript implements ExecutionListener {

  final List<String> stages = new ArrayList<>();
  final List<String> notes = new ArrayList<>();
  final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
  final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
  final ByteArrayOutputStream other = new ByteArrayOutputStream();
  Consumer<String> onStage = stage -> {};

  String text() {
    return String.join(
        "\n",
        String.join(" ", stages),
        String.join("\n", notes),
        other.toString(UTF_8),
        stdout.toString(UTF_8),
        stderr.toString(UTF_8));
  }

  @Override
  public void stage(String stage) {
    stages.add(stage);
    onStage.accept(stage);
  }

  @Override
  public void note(String line) {
    notes.add(line);
  }

  @Override
  public void stageOutput(String stage, byte[] buffer, int offset, int length) {
    other.write(buffer, offset, length);
  }

  @Override
  public void write(OutputStreamName stream, byte[] buffer, int offset, int length) {
    (stream == OutputStreamName.STDOUT ? stdout : stderr).write(buffer, offset, length);
  }
}
