package dev.peer.cli.result;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.OutputSink;
import dev.peer.core.record.OutputStreamName;
import dev.peer.report.Facts;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Output as an asciicast, version 2: the screen of a terminal over time. Both streams go to one
 * screen, each character whole; invalid bytes are shown as U+FFFD.
 */
final class AsciicastWriter {

  private static final int COLUMNS = 80;
  private static final int ROWS = 24;
  private static final long MICROS = 1_000_000;

  private final Consumer<String> lines;
  private final Map<OutputStreamName, Text> texts = new EnumMap<>(OutputStreamName.class);
  private long micros;

  /**
   * Writes the header.
   *
   * @param lines takes the lines of the file
   */
  AsciicastWriter(Instant begun, String title, Consumer<String> lines) {
    this.lines = lines;
    ObjectNode header = JsonTree.object();
    header.put("version", 2);
    header.put("width", COLUMNS);
    header.put("height", ROWS);
    header.put("timestamp", begun.getEpochSecond());
    header.put("title", title);
    lines.accept(Facts.text(header));
  }

  /** Adds output after this many further microseconds. */
  OutputSink after(long more) {
    micros += more;
    return (stream, buffer, offset, length) ->
        show(text(stream).decoded(buffer, offset, length, false));
  }

  /** An incomplete character at the end is invalid. */
  void end() {
    texts.values().forEach(text -> show(text.decoded(new byte[0], 0, 0, true)));
  }

  private Text text(OutputStreamName stream) {
    return texts.computeIfAbsent(stream, _ -> new Text());
  }

  private void show(String text) {
    if (text.isEmpty()) {
      return;
    }
    ArrayNode event = JsonTree.object().arrayNode();
    event.add((double) micros / MICROS);
    event.add("o");
    event.add(text.replace("\r\n", "\n").replace("\n", "\r\n"));
    lines.accept(event.toString());
  }

  /** One stream's bytes as characters, which may come in parts. */
  private static final class Text {

    private final CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private ByteBuffer left = ByteBuffer.allocate(0);

    String decoded(byte[] buffer, int offset, int length, boolean last) {
      ByteBuffer bytes = ByteBuffer.allocate(left.remaining() + length);
      bytes.put(left).put(buffer, offset, length).flip();
      CharBuffer chars = CharBuffer.allocate(bytes.remaining() + 1);
      decoder.decode(bytes, chars, last);
      if (last) {
        decoder.flush(chars);
      }
      left = bytes.slice();
      return chars.flip().toString();
    }
  }
}
