package dev.peer.terminal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the command's stdout and stderr lead to. */
public final class StandardStreams {

  private static final int TYPE = 0xf000;
  private static final int CHARACTER_DEVICE = 0x2000;

  private StandardStreams() {}

  /** Whether somebody may be looking at stdout. */
  public static boolean stdoutIsTerminal() {
    return isTerminal(1);
  }

  /** Whether somebody may be looking at stderr. */
  public static boolean stderrIsTerminal() {
    return isTerminal(2);
  }

  /**
   * A character device is a terminal, or one such as {@code /dev/null}, which does not mind. The
   * JDK only says whether stdin and stdout are terminals both.
   */
  private static boolean isTerminal(int descriptor) {
    try {
      int mode = (int) Files.getAttribute(Path.of("/dev/fd/" + descriptor), "unix:mode");
      return (mode & TYPE) == CHARACTER_DEVICE;
    } catch (IOException e) {
      // It is closed.
      return false;
    }
  }
}
