package dev.peer.vm.exec;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.progress.OutputBytes;
import dev.peer.core.progress.RunEvent;
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
  public void accept(RunEvent event) {
    switch (event) {
      case RunEvent.Stage(String name) -> {
        stages.add(name);
        onStage.accept(name);
      }
      case RunEvent.Notice(String line) -> notes.add(line);
      case RunEvent.StageOutput(String _, OutputBytes bytes) -> bytes.to(other);
      case RunEvent.TestOutput(OutputStreamName stream, OutputBytes bytes) ->
          bytes.to(stream == OutputStreamName.STDOUT ? stdout : stderr);
      case RunEvent.Progress _, RunEvent.Answer _ -> {}
    }
  }
}
