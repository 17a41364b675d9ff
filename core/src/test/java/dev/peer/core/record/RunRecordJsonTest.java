package dev.peer.core.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Digest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunRecordJsonTest {

  private static final Content CONTENT = new Content(3, Digest.of("abc".getBytes(UTF_8)));

  private final RunRecord record =
      Records.record(
          new RunOutput(CONTENT, CONTENT, CONTENT),
          List.of(new Artifact("a/b.txt", true, CONTENT)));

  @Test
  void readsWhatItWrote() throws Exception {
    byte[] bytes = StrictJson.bytes(RunRecordJson.write(record));

    RunRecord read = RunRecordJson.read(StrictJson.parse("record", bytes));

    assertThat(read).isEqualTo(record);
    assertThat(StrictJson.bytes(RunRecordJson.write(read))).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "exitCode, \"0\"",
    "startedAt, \"yesterday\"",
    "containerImage, null",
    "secretNames, [1]",
    "artifacts, {}",
    "inputs, []",
    "cpus, 1.5"
  })
  void refusesAFieldOfAnotherType(String field, String value) throws Exception {
    ObjectNode json = RunRecordJson.write(record);
    json.set(field, new com.fasterxml.jackson.databind.ObjectMapper().readTree(value));

    assertThatThrownBy(() -> read(json))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining(field);
  }

  @Test
  void refusesAMissingField() {
    ObjectNode json = RunRecordJson.write(record);
    json.remove("accelerator");

    assertThatThrownBy(() -> read(json))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("accelerator");
  }

  @Test
  void refusesAnUnknownField() {
    ObjectNode json = RunRecordJson.write(record);
    json.put("extra", 1);

    assertThatThrownBy(() -> read(json))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("extra");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "..", "../a", "a/../b", "/a", "a//b", "a/", "./a", "a\\b", "a\u0000", "a\nb"})
  void refusesAnArtifactPathThatCouldLeaveItsDirectory(String path) {
    assertThatThrownBy(() -> Artifact.requirePath(path))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "[]", "{\"a\":1,\"a\":2}", "{} {}", "", "\"text\""})
  void refusesWhatIsNoSingleObject(String json) {
    assertThatThrownBy(() -> StrictJson.parse("it", json.getBytes(UTF_8)))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void refusesDeepNesting() {
    String json = "{\"a\":".repeat(1000) + "1" + "}".repeat(1000);

    assertThatThrownBy(() -> StrictJson.parse("it", json.getBytes(UTF_8)))
        .isInstanceOf(MalformedException.class);
  }

  private static RunRecord read(ObjectNode json) throws MalformedException {
    return RunRecordJson.read(StrictJson.parse("record", StrictJson.bytes(json)));
  }
}
