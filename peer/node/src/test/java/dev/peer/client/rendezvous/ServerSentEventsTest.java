package dev.peer.client.rendezvous;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.client.rendezvous.ServerSentEvents.Event;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerSentEventsTest {

  @Test
  void readsTypeDataAndId() throws Exception {
    assertThat(read("event: passed\nid: 7\ndata: {}\n\nevent:gone\ndata:x\n\n"))
        .containsExactly(new Event("passed", "{}", "7"), new Event("gone", "x", "7"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void takesEveryKindOfLineEnd(String end) throws Exception {
    String text = String.join(end, "event: a", "data: 1", "", "data: 2", "", "");

    assertThat(read(text)).containsExactly(new Event("a", "1", ""), new Event("message", "2", ""));
  }

  @Test
  void joinsTheLinesOfData() throws Exception {
    assertThat(read("data: one\ndata\ndata:  three\n\n"))
        .containsExactly(new Event("message", "one\n\n three", ""));
  }

  @Test
  void passesOverCommentsAndWhatItDoesNotKnow() throws Exception {
    assertThat(read(": alive\n\n:\nretry: 10\nsomething\nevent: lost\n\ndata: x\n\n"))
        .containsExactly(new Event("message", "x", ""));
  }

  @Test
  void anEventThatIsCutShortIsNone() throws Exception {
    assertThat(read("data: whole\n\ndata: cut\n")).hasSize(1);
    assertThat(read("data: cut\n\r".substring(0, 9))).isEmpty();
  }

  @Test
  void forgetsTheIdWhenTheStreamDoes() throws Exception {
    assertThat(read("id: 1\ndata: a\n\nid\ndata: b\n\nid: x\0y\ndata: c\n\n"))
        .extracting(Event::id)
        .containsExactly("1", "", "");
  }

  @Test
  void takesBytesAsTheyCome() throws Exception {
    byte[] bytes = "event: gr\u00fcn\ndata: \u20ac\n\n".getBytes(UTF_8);
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);

    assertThat(new ServerSentEvents((buffer, offset, _) -> in.read(buffer, offset, 1)).next())
        .contains(new Event("gr\u00fcn", "\u20ac", ""));
  }

  @Test
  void refusesWhatIsLargerThanAnyEvent() {
    assertThatThrownBy(() -> read("data: " + "x".repeat(33 << 10) + "\n\n"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("larger than any");
    assertThatThrownBy(() -> read(("data: " + "x".repeat(30 << 10) + "\n").repeat(3) + "\n"))
        .isInstanceOf(IOException.class);
  }

  private static List<Event> read(String text) throws IOException, InterruptedException {
    ByteArrayInputStream in = new ByteArrayInputStream(text.getBytes(UTF_8));
    ServerSentEvents events = new ServerSentEvents(in::read);
    List<Event> read = new ArrayList<>();
    for (Optional<Event> next = events.next(); next.isPresent(); next = events.next()) {
      read.add(next.get());
    }
    return read;
  }
}
