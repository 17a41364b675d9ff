package dev.peer.terminal;

import dev.peer.core.platform.Platform;
import java.util.function.IntConsumer;
import org.jline.utils.Signals;

/**
 * Takes SIGINT where it is ignored at the start, as it is for what a script runs in the background:
 * Ctrl-C that ends the script is a cancel for this process too.
 *
 * <p>The JVM leaves an ignored signal alone, and no shell can undo it for what it starts.
 */
public final class IgnoredInterrupt {

  private static final String SIGNAL = "INT";
  private static final int NUMBER = 2;
  private static final int ENDED_BY_SIGNAL = 128;

  private IgnoredInterrupt() {}

  /**
   * From now on SIGINT ends this process in order, as it does where it is not ignored.
   *
   * @param exit ends it with an exit code
   */
  public static void take(IntConsumer exit) {
    if (Platform.current().restoreInterrupt()) {
      var _ = Signals.register(SIGNAL, () -> exit.accept(ENDED_BY_SIGNAL + NUMBER));
    }
  }
}
