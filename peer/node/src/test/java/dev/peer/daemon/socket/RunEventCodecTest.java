package dev.peer.daemon.socket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.progress.OutputBytes;
import dev.peer.core.progress.RunEvent;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.OutputStreamName;
import dev.peer.wire.Frames;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RunEventCodecTest {

  private static final List<RunEvent.Message> EVENTS =
      List.of(
          new RunEvent.Step("boot"),
          new RunEvent.Awaiting("the machine of Zoë"),
          new RunEvent.Moved(7, 1L << 40),
          new RunEvent.Notice("a line"),
          new RunEvent.Answer("{}"),
          new RunEvent.StageOutput("prepare", bytes("one")),
          new RunEvent.StageOutput("prepare", bytes("two")),
          new RunEvent.StageOutput("post-test", bytes("three")),
          new RunEvent.TestOutput(OutputStreamName.STDOUT, bytes("out\0")),
          new RunEvent.TestOutput(OutputStreamName.STDERR, bytes("err")));

  private static OutputBytes bytes(String text) {
    return new OutputBytes(("_" + text + "_").getBytes(UTF_8), 1, text.length());
  }

  private static byte[] encoded() {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    RunEventCodec codec = new RunEventCodec();
    EVENTS.forEach(event -> codec.encode(event, sent::writeBytes));
    return sent.toByteArray();
  }

  private static String text(RunEvent.Message event) {
    return switch (event) {
      case RunEvent.StageOutput(String stage, OutputBytes bytes) ->
          stage + ": " + bytes.text(UTF_8);
      case RunEvent.TestOutput(OutputStreamName stream, OutputBytes bytes) ->
          stream + ": " + bytes.text(UTF_8);
      case RunEvent.Progress progress -> progress.toString();
      case RunEvent.Notice notice -> notice.toString();
      case RunEvent.Answer answer -> answer.toString();
    };
  }

  @Test
  void readsEveryEventAsItWasWritten() throws Exception {
    ByteArrayInputStream in = new ByteArrayInputStream(encoded());
    Frames.Reader frames = new Frames.Reader(in::read, FrameType.LARGEST);
    RunEventCodec codec = new RunEventCodec();
    List<String> read = new ArrayList<>();
    while (in.available() > 0) {
      FrameType type = DaemonSocketServer.next(frames);
      assertThat(type.isOfARun()).isTrue();
      codec
          .decode(type, frames.content(), frames.length())
          .ifPresent(event -> read.add(text(event)));
    }
    assertThat(read)
        .containsExactlyElementsOf(EVENTS.stream().map(RunEventCodecTest::text).toList());
  }

  @Test
  void namesAStageOnceBeforeItsOutput() {
    assertThat(new String(encoded(), UTF_8).replaceAll("[^a-z-]", ""))
        .contains("pprepareooneotwoppost-testothree");
  }

  @ParameterizedTest
  @EnumSource
  void refusesAFrameThatIsNoEvent(FrameType type) {
    if (!type.isOfARun()) {
      assertThatThrownBy(() -> new RunEventCodec().decode(type, new byte[0], 0))
          .isInstanceOf(MalformedException.class)
          .hasMessageContaining(type.name());
    }
  }

  @Test
  void refusesProgressThatIsNoTwoNumbers() {
    for (String text : List.of("", "7", "7 x", "99999999999999999999 1")) {
      byte[] content = text.getBytes(UTF_8);
      assertThatThrownBy(() -> new RunEventCodec().decode(FrameType.MOVED, content, content.length))
          .isInstanceOf(MalformedException.class);
    }
  }
}
