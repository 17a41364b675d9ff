package dev.peer.core.record;

import dev.peer.core.id.Printable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One chunk of output. Its text form is a line of three fields, such as {@code stdout 1200 512}.
 *
 * @param stream which stream it came on
 * @param micros microseconds since the chunk before it, or since the start
 * @param bytes how many bytes
 */
public record Timing(OutputStreamName stream, long micros, long bytes) {

  private static final Pattern LINE =
      Pattern.compile("(std(?:out|err)) (0|[1-9][0-9]{0,14}) (0|[1-9][0-9]{0,14})");

  /** Reads a line without its end. */
  public static Timing parse(String line) throws MalformedException {
    Matcher fields = LINE.matcher(line);
    if (!fields.matches()) {
      throw new MalformedException(
          "timing: a line such as \"stdout 1200 512\" was expected, not " + Printable.of(line));
    }
    return new Timing(
        OutputStreamName.parse(fields.group(1)),
        Long.parseLong(fields.group(2)),
        Long.parseLong(fields.group(3)));
  }

  /** The line without its end. */
  @Override
  public String toString() {
    return stream + " " + micros + " " + bytes;
  }
}
