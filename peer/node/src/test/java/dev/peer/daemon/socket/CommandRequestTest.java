package dev.peer.daemon.socket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.record.MalformedException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CommandRequestTest {

  private static final List<String> HEAD =
      List.of("/dist 1:2 3", "Umask:\t0022\n", "/work", "77", "1", "0", "80");

  private static CommandRequest parse(List<String> head, String... more) throws MalformedException {
    return CommandRequest.parse(
        (String.join("\0", head) + "\0" + String.join("\0", more) + "\0").getBytes(UTF_8));
  }

  @Test
  void isReadAsTheCommandWritesIt() throws Exception {
    CommandRequest request = parse(HEAD, "2", "log", "", "A=1=2", "SECRET", "A=later", "EMPTY=");

    assertThat(request.installation()).isEqualTo("/dist 1:2 3");
    assertThat(request.surroundings()).isEqualTo("Umask:\t0022\n");
    assertThat(request.directory()).isEqualTo(Path.of("/work"));
    assertThat(request.screen()).isEqualTo(new CommandRequest.Screen(77, true, false, 80));
    assertThat(request.arguments()).containsExactly("log", "");
    assertThat(request.variables())
        .isEqualTo(
            Map.of(
                "A", Optional.of("1=2"),
                "SECRET", Optional.empty(),
                "EMPTY", Optional.of("")));
  }

  @Test
  void refusesWhatTheCommandDoesNotWrite() {
    assertRefused("\0");
    assertRefused("/dist\0Umask");
    assertRefused(String.join("\0", HEAD) + "\0");
    assertRefused(String.join("\0", HEAD) + "\0" + "1\0");
    assertRefused(String.join("\0", HEAD) + "\0" + "2147483647\0log\0");
    assertRefused(String.join("\0", HEAD) + "\0" + "-1\0log\0");
    assertRefused(String.join("\0", HEAD) + "\0" + "one\0log\0");
    assertRefused(String.join("\0", HEAD).replace("/work", "work") + "\0" + "1\0log\0");
    assertRefused(String.join("\0", HEAD).replace("77", "x") + "\0" + "1\0log\0");
    assertRefused(String.join("\0", HEAD) + "\0" + "1\0log\0A=no end");
    assertRefused(String.join("\0", HEAD) + "\0" + "1\0\u00ff\0");
  }

  private static void assertRefused(String text) {
    assertThatThrownBy(() -> CommandRequest.parse(text.getBytes(StandardCharsets.ISO_8859_1)))
        .as(text)
        .isInstanceOf(MalformedException.class);
  }
}
