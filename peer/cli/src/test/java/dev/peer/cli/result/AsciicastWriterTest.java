package dev.peer.cli.result;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.peer.core.record.OutputStreamName;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Output as a player of asciicasts reads it. */
class AsciicastWriterTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<String> lines = new ArrayList<>();
  private final AsciicastWriter cast =
      new AsciicastWriter(Instant.parse("2030-01-31T12:00:00.5Z"), "test of \"x\"", lines::add);

  @Test
  void beginsWithWhatAPlayerNeeds() throws Exception {
    JsonNode header = JSON.readTree(lines.getFirst());

    assertThat(header.get("version").asInt()).isEqualTo(2);
    assertThat(header.get("width").asInt()).isPositive();
    assertThat(header.get("height").asInt()).isPositive();
    assertThat(header.get("timestamp").asLong()).isEqualTo(1_896_091_200L);
    assertThat(header.get("title").asText()).isEqualTo("test of \"x\"");
  }

  @Test
  void eventsHaveTheTimeSinceTheBeginningAndBothStreams() throws Exception {
    write(0, OutputStreamName.STDOUT, "one\n");
    write(1_500_000, OutputStreamName.STDERR, "\u001b[31mtwo\u001b[0m\r\n");
    write(250_000, OutputStreamName.STDOUT, "three");

    assertThat(events())
        .extracting(event -> event.get(0).asDouble())
        .containsExactly(0.0, 1.5, 1.75);
    assertThat(events()).allMatch(event -> event.size() == 3 && event.get(1).asText().equals("o"));
    assertThat(events())
        .extracting(event -> event.get(2).asText())
        .containsExactly("one\r\n", "\u001b[31mtwo\u001b[0m\r\n", "three");
  }

  @Test
  void aCharacterThatComesInPartsIsWhole() throws Exception {
    byte[] euro = "\u20ac".getBytes(StandardCharsets.UTF_8);
    cast.after(1).write(OutputStreamName.STDOUT, euro, 0, 1);
    write(1, OutputStreamName.STDERR, "between");
    cast.after(1).write(OutputStreamName.STDOUT, euro, 1, 2);

    assertThat(events())
        .extracting(event -> event.get(2).asText())
        .containsExactly("between", "\u20ac");
  }

  @Test
  void bytesThatAreNoTextAreShownAsSuch() throws Exception {
    byte[] bytes = {'a', (byte) 0xff, 'b', (byte) 0xe2};
    cast.after(0).write(OutputStreamName.STDOUT, bytes, 0, bytes.length);
    cast.end();

    assertThat(events())
        .extracting(event -> event.get(2).asText())
        .containsExactly("a\ufffdb", "\ufffd");
  }

  private void write(long micros, OutputStreamName stream, String text) throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    cast.after(micros).write(stream, bytes, 0, bytes.length);
  }

  private List<JsonNode> events() throws Exception {
    List<JsonNode> events = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      events.add(JSON.readTree(line));
    }
    return events;
  }
}
