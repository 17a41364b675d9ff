package dev.peer.terminal;

import dev.peer.core.platform.Platform;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
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

  private final IntSupplier width;
  private final BooleanSupplier inForeground;
  private final OutputStream stderr;
  private String shown = "";

  private StatusLine(IntSupplier width, BooleanSupplier inForeground, OutputStream stderr) {
    this.width = width;
    this.inForeground = inForeground;
    this.stderr = stderr;
  }

  /** Opens one. */
  @FunctionalInterface
  public interface Opener {

    /**
     * Shows nothing yet.
     *
     * @param stderr writes to the terminal, and buffers nothing
     * @throws IOException if it is no terminal
     */
    StatusLine open(OutputStream stderr) throws IOException;
  }

  /** Whether the environment shows a person at a terminal that can erase. */
  public static boolean isFor(Map<String, String> environment) {
    String type = environment.getOrDefault("TERM", "");
    return !type.isEmpty() && !type.equals("dumb") && environment.getOrDefault("CI", "").isEmpty();
  }

  /** On the terminal of this process. Takes some time, unless there is none. */
  public static StatusLine ofProcess(OutputStream stderr) throws IOException {
    if (!StandardStream.STDERR.leadsToTerminal()) {
      throw new IOException("stderr is no terminal");
    }
    TerminalProvider provider = TerminalProvider.load(TerminalBuilder.PROP_PROVIDER_FFM);
    return new StatusLine(
        () -> provider.systemStreamWidth(SystemStream.Error),
        Platform.current()::isInForeground,
        stderr);
  }

  /**
   * On the terminal of another process.
   *
   * @param columns how wide that is now; 0: unknown
   */
  public static StatusLine ofOther(long process, IntSupplier columns, OutputStream stderr) {
    return new StatusLine(columns, () -> Platform.current().isInForeground(process), stderr);
  }

  /** How long a line may be. */
  public int columns() {
    int columns = width.getAsInt();
    // In the last one a terminal would begin the next line.
    return (columns > 0 ? columns : UNKNOWN_COLUMNS) - 1;
  }

  /**
   * Replaces the line; shows nothing while the process is in the background.
   *
   * @param text ASCII that can be seen, no longer than {@link #columns}; empty: nothing
   */
  public void draw(String text) throws IOException {
    if (!inForeground.getAsBoolean()) {
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
}
