package dev.peer.pages;

import dev.peer.core.progress.EscapeFilter;
import dev.peer.core.record.OutputSink;
import dev.peer.core.record.OutputStreamName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Both streams as lines, in the order in which the lines ended. Colours become classes, a carriage
 * return ends a line, and {@link EscapeFilter} shows every other control as text.
 */
final class LogReader implements OutputSink {

  /** The most lines that a page has. */
  static final int MOST_LINES = 10_000;

  private static final int MOST_CHARACTERS = 2 << 20;
  private static final int MOST_SPANS = 50_000;
  private static final int LONGEST_LINE = 1 << 14;
  private static final char ESC = 0x1b;

  private final Map<OutputStreamName, Stream> streams = new EnumMap<>(OutputStreamName.class);
  private final List<LogLine> lines = new ArrayList<>();
  private long characters;
  private int pieces;
  private int count;
  private int omitted;

  @Override
  public void write(OutputStreamName stream, byte[] buffer, int offset, int length) {
    Stream into = streams.computeIfAbsent(stream, Stream::new);
    into.add(into.filter.filter(buffer, offset, length));
  }

  /** The lines, when everything was received; the last ones may have no end. */
  List<LogLine> end() {
    endLines();
    return take().whole();
  }

  /** Has all lines end here. */
  void endLines() {
    for (Stream stream : streams.values()) {
      stream.add(stream.filter.end());
      stream.endOpen();
    }
  }

  /** The lines that have ended since the last time, and those that are open now. */
  LogLines take() {
    LogLines taken = new LogLines(lines, streams.values().stream().flatMap(Stream::open).toList());
    lines.clear();
    return taken;
  }

  /** How many lines there are beyond those that a page has. */
  int omitted() {
    return omitted;
  }

  /** One of the streams, at some place in a line of it. */
  private final class Stream {

    private final OutputStreamName name;
    private final EscapeFilter filter = new EscapeFilter();
    private final TextStyle style = new TextStyle();
    private final StringBuilder text = new StringBuilder();
    private final List<LogLine.Span> spans = new ArrayList<>();
    private int length;
    private boolean returned;

    Stream(OutputStreamName name) {
      this.name = name;
    }

    /** Takes output of the filter: text, and whole sequences that end in m or K. */
    void add(byte[] harmless) {
      String piece = new String(harmless, StandardCharsets.UTF_8);
      for (int i = 0; i < piece.length(); i++) {
        char c = piece.charAt(i);
        if (returned && c != '\n') {
          endLine();
        }
        if (c == '\n') {
          endLine();
        } else if (c == '\r') {
          returned = true;
        } else if (c == ESC) {
          i = sequence(piece, i);
        } else {
          if (length == LONGEST_LINE && !Character.isLowSurrogate(c)) {
            endLine();
          }
          text.append(c);
          length++;
        }
      }
    }

    /** Returns the place of its last character. */
    private int sequence(String piece, int start) {
      int end = start + 2;
      while (piece.charAt(end) != 'm' && piece.charAt(end) != 'K') {
        end++;
      }
      if (piece.charAt(end) == 'm') {
        endSpan();
        style.follow(piece.substring(start + 2, end));
      }
      return end;
    }

    void endOpen() {
      if (length > 0) {
        endLine();
      }
    }

    private void endSpan() {
      if (!text.isEmpty()) {
        spans.add(new LogLine.Span(text.toString(), style.classes()));
        text.setLength(0);
      }
    }

    /** The line that has begun, as it would end now, if a page has room for it. */
    java.util.stream.Stream<LogLine> open() {
      if (length == 0) {
        return java.util.stream.Stream.empty();
      }
      endSpan();
      return hasRoom() ? java.util.stream.Stream.of(line(0)) : java.util.stream.Stream.empty();
    }

    private boolean hasRoom() {
      return omitted == 0
          && count < MOST_LINES
          && pieces + spans.size() <= MOST_SPANS
          && characters + length <= MOST_CHARACTERS;
    }

    private LogLine line(int number) {
      return new LogLine(number, name == OutputStreamName.STDERR, spans);
    }

    private void endLine() {
      endSpan();
      if (hasRoom()) {
        count++;
        lines.add(line(count));
        characters += length;
        pieces += spans.size();
      } else {
        omitted++;
      }
      spans.clear();
      length = 0;
      returned = false;
    }
  }
}
