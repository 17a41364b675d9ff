package dev.peer.terminal;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
  private static final MemorySegment DEFAULT_ACTION = MemorySegment.NULL;
  private static final int ENDED_BY_SIGNAL = 128;
  private static final Pattern IGNORED = Pattern.compile("(?m)^SigIgn:\\s+([0-9a-f]{16})$");

  private IgnoredInterrupt() {}

  /**
   * From now on SIGINT ends this process in order, as it does where it is not ignored.
   *
   * @param exit ends it with an exit code
   */
  public static void take(IntConsumer exit) {
    if (isIgnored()) {
      restoreDefault();
      var _ = Signals.register(SIGNAL, () -> exit.accept(ENDED_BY_SIGNAL + NUMBER));
    }
  }

  private static boolean isIgnored() {
    try {
      Matcher mask = IGNORED.matcher(Files.readString(Path.of("/proc/self/status")));
      return mask.find() && (Long.parseUnsignedLong(mask.group(1), 16) & 1L << (NUMBER - 1)) != 0;
    } catch (IOException e) {
      // Without /proc it stays as the caller has it.
      return false;
    }
  }

  /** One call of the C library, with a constant and without memory of ours. */
  @SuppressWarnings("restricted")
  private static void restoreDefault() {
    Linker linker = Linker.nativeLinker();
    MethodHandle signal =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("signal"),
            FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    try {
      var _ = (MemorySegment) signal.invokeExact(NUMBER, DEFAULT_ACTION);
    } catch (Throwable e) {
      throw new IllegalStateException("signal(2) cannot be called", e);
    }
  }
}
