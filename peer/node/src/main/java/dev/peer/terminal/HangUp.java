package dev.peer.terminal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jline.utils.Signals;

/**
 * Takes SIGHUP as daemons do, while it is open: as a request to read the files again. A lost
 * terminal sends the same signal; the owner must check for that.
 *
 * <p>Where SIGHUP is ignored, as below {@code nohup}, it stays so.
 */
public final class HangUp implements AutoCloseable {

  private static final String SIGNAL = "HUP";
  private static final Path TERMINAL = Path.of("/dev/tty");

  private final boolean hadTerminal = hasTerminal();
  private final Object before;
  private volatile boolean received;

  /**
   * Takes the signal over.
   *
   * @param asked called for each signal, on a thread that must not be held up
   */
  public HangUp(Runnable asked) {
    before =
        Signals.register(
            SIGNAL,
            () -> {
              received = true;
              asked.run();
            });
  }

  /** Whether the signal came, and the terminal that the process was started from is gone. */
  public boolean isTerminalGone() {
    return received && hadTerminal && !hasTerminal();
  }

  /** Restores the signal's earlier effect. */
  @Override
  public void close() {
    Signals.unregister(SIGNAL, before);
  }

  private static boolean hasTerminal() {
    try {
      Files.newInputStream(TERMINAL).close();
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
