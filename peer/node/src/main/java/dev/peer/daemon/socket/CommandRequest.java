package dev.peer.daemon.socket;

import dev.peer.core.record.MalformedException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;

/**
 * A command that a caller has the daemon do, as {@code request.c} writes it: texts, a zero byte
 * behind each.
 *
 * @param installation which installation of peer the caller is
 * @param surroundings what the caller's kernel shows it ({@link Surroundings})
 * @param directory the working directory, absolute
 * @param screen what its stdout and stderr lead to
 * @param arguments of the command line, without the first
 * @param variables every variable by its name; empty: its value is given when it is asked for
 */
public record CommandRequest(
    String installation,
    String surroundings,
    Path directory,
    Screen screen,
    List<String> arguments,
    Map<String, Optional<String>> variables) {

  /** Copies the collections. */
  public CommandRequest {
    arguments = List.copyOf(arguments);
    variables = Map.copyOf(variables);
  }

  /**
   * What the caller's output leads to.
   *
   * @param process the caller's process
   * @param stdout whether a person may be looking at its stdout
   * @param stderr whether a person may be looking at its stderr
   * @param columns of that terminal; 0: unknown
   */
  public record Screen(long process, boolean stdout, boolean stderr, int columns) {}

  /** Reads one. */
  static CommandRequest parse(byte[] bytes) throws MalformedException {
    Queue<String> texts = texts(bytes);
    try {
      String installation = texts.remove();
      String surroundings = texts.remove();
      Path directory = Path.of(texts.remove());
      if (!directory.isAbsolute()) {
        throw new MalformedException("a command's directory is not absolute");
      }
      Screen screen =
          new Screen(
              Long.parseLong(texts.remove()),
              texts.remove().equals("1"),
              texts.remove().equals("1"),
              Integer.parseInt(texts.remove()));
      int count = Integer.parseInt(texts.remove());
      if (count < 0 || count > texts.size()) {
        throw new MalformedException("a command has fewer arguments than it says");
      }
      List<String> arguments = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        arguments.add(texts.remove());
      }
      Map<String, Optional<String>> variables = new TreeMap<>();
      for (String text : texts) {
        int sign = text.indexOf('=');
        // The first of a name counts, as for a process of its own.
        variables.putIfAbsent(
            sign < 0 ? text : text.substring(0, sign),
            sign < 0 ? Optional.empty() : Optional.of(text.substring(sign + 1)));
      }
      return new CommandRequest(
          installation, surroundings, directory, screen, arguments, variables);
    } catch (IllegalArgumentException | NoSuchElementException e) {
      throw new MalformedException("no command: " + e.getMessage());
    }
  }

  private static Queue<String> texts(byte[] bytes) throws MalformedException {
    Queue<String> texts = new ArrayDeque<>();
    int from = 0;
    for (int at = 0; at < bytes.length; at++) {
      if (bytes[at] == 0) {
        texts.add(text(bytes, from, at - from));
        from = at + 1;
      }
    }
    if (from != bytes.length) {
      throw new MalformedException("a command ends within a text");
    }
    return texts;
  }

  /** A text that is UTF-8: of others the command itself makes what it can. */
  static String text(byte[] bytes, int offset, int length) throws MalformedException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, offset, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new MalformedException("a command has text that is not UTF-8");
    }
  }
}
