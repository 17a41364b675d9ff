package dev.peer.vm.exec;

import dev.peer.core.id.Printable;
import dev.peer.core.record.OutputSink;
import dev.peer.core.record.OutputStreamName;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Remembers the last lines of output, of both streams in the order of their ends: at most 20, each
 * of at most 400 bytes, blank ones left out. Safe for one thread a stream.
 */
final class LastLines implements OutputSink {

  private static final int MOST = 20;
  private static final int LONGEST = 400;
  private static final int ENOUGH = MOST * LONGEST;
  private static final Pattern TERMINAL_SEQUENCE =
      Pattern.compile("\u001b\\[[0-?]*[ -/]*[@-~]|\u001b[@-Z\\\\-_]");

  private final Deque<String> lines = new ArrayDeque<>();
  private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

  @Override
  public synchronized void write(OutputStreamName stream, byte[] buffer, int offset, int length) {
    ByteArrayOutputStream partial = stream == OutputStreamName.STDOUT ? stdout : stderr;
    for (int i = offset + Math.max(0, length - ENOUGH); i < offset + length; i++) {
      if (buffer[i] == '\n') {
        add(lines, partial);
        partial.reset();
      } else if (partial.size() < LONGEST) {
        partial.write(buffer[i]);
      }
    }
  }

  /** The lines so far, a line without its end among them, fit to be shown. */
  synchronized List<String> shown() {
    Deque<String> all = new ArrayDeque<>(lines);
    add(all, stdout);
    add(all, stderr);
    return new ArrayList<>(all);
  }

  private static void add(Deque<String> lines, ByteArrayOutputStream partial) {
    String text =
        TERMINAL_SEQUENCE.matcher(partial.toString(StandardCharsets.UTF_8)).replaceAll("");
    // A carriage return starts the line again.
    String line = text.stripTrailing();
    line = Printable.plain(line.substring(line.lastIndexOf('\r') + 1).replace('\t', ' '));
    if (!line.isBlank()) {
      lines.addLast(line);
    }
    if (lines.size() > MOST) {
      lines.removeFirst();
    }
  }
}
