package dev.peer.terminal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jline.terminal.TerminalBuilder;
import org.jline.terminal.spi.SystemStream;
import org.jline.terminal.spi.TerminalProvider;

/**
 * The line that a terminal at stderr shows below everything else, rewritten in place.
 *
 * <p>Must be erased before anything else is written to the terminal, and drawn only where that
 * ended with a line's end. Not for several threads at once.
 */
public final class StatusLine {

  private static final int UNKNOWN_COLUMNS = 80;
  private static final Path PROCESS = Path.of("/proc/self/stat");

  /** After the process's name: its own group, and the one that the terminal's keys go to. */
  private static final int GROUP = 2;

  private static final int FOREGROUND_GROUP = 5;

  private final TerminalProvider provider;
  private final OutputStream stderr;
  private String shown = "";

  private StatusLine(TerminalProvider provider, OutputStream stderr) {
    this.provider = provider;
    this.stderr = stderr;
  }

  /** Whether the environment shows a person at a terminal that can erase. */
  public static boolean isFor(Map<String, String> environment) {
    String type = environment.getOrDefault("TERM", "");
    return !type.isEmpty() && !type.equals("dumb") && environment.getOrDefault("CI", "").isEmpty();
  }

  /**
   * Shows nothing yet. Takes some time.
   *
   * @param stderr writes to it, and buffers nothing
   * @throws IOException if stderr is no terminal
   */
  public static StatusLine open(OutputStream stderr) throws IOException {
    TerminalProvider provider = TerminalProvider.load(TerminalBuilder.PROP_PROVIDER_FFM);
    if (!provider.isSystemStream(SystemStream.Error)) {
      throw new IOException("stderr is no terminal");
    }
    return new StatusLine(provider, stderr);
  }

  /** How long a line may be. */
  public int columns() {
    int columns = provider.systemStreamWidth(SystemStream.Error);
    // In the last one a terminal would begin the next line.
    return (columns > 0 ? columns : UNKNOWN_COLUMNS) - 1;
  }

  /**
   * Replaces the line; shows nothing while the process is in the background.
   *
   * @param text ASCII that can be seen, no longer than {@link #columns}; empty: nothing
   */
  public void draw(String text) throws IOException {
    if (!isInForeground()) {
      // The cursor is no longer where it was left.
      shown = "";
    } else if (!text.equals(shown)) {
      stderr.write(("\r" + text + "\u001b[K").getBytes(StandardCharsets.US_ASCII));
      shown = text;
    }
  }

  /** Shows nothing: the cursor is where it was before. */
  public void erase() throws IOException {
    if (!shown.isEmpty()) {
      draw("");
    }
  }

  /** Whether the terminal is this process's, and not a shell's that waits for input. */
  private static boolean isInForeground() {
    try {
      String process = Files.readString(PROCESS);
      String[] fields = process.substring(process.lastIndexOf(')') + 2).split(" ");
      int foreground = Integer.parseInt(fields[FOREGROUND_GROUP]);
      return foreground <= 0 || foreground == Integer.parseInt(fields[GROUP]);
    } catch (IOException e) {
      return true;
    }
  }
}
