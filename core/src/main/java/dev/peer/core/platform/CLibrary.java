package dev.peer.core.platform;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;

/**
 * Functions of POSIX whose arguments are the same on every 64-bit unix. None keeps memory of ours.
 */
final class CLibrary {

  static final int SIGINT = 2;

  private static final MemorySegment DEFAULT_ACTION = MemorySegment.NULL;
  private static final int FROM_HERE = 1;

  /** The longest name of a machine that POSIX knows, and the byte that ends it. */
  private static final int NAME_SIZE = 256;

  private CLibrary() {}

  /** The user whose rights this process has. */
  static int effectiveUser() {
    return (int) call("geteuid", FunctionDescriptor.of(JAVA_INT));
  }

  static boolean isTerminal(int descriptor) {
    return (int) call("isatty", FunctionDescriptor.of(JAVA_INT, JAVA_INT), descriptor) == 1;
  }

  /** Pipes and sockets are not; neither is what is closed. */
  static boolean isSeekable(int descriptor) {
    FunctionDescriptor type = FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    return (long) call("lseek", type, descriptor, 0L, FROM_HERE) >= 0;
  }

  /** The processes that a terminal's keys go to; negative if it is no terminal of ours. */
  static int foregroundGroup(int descriptor) {
    return (int) call("tcgetpgrp", FunctionDescriptor.of(JAVA_INT, JAVA_INT), descriptor);
  }

  static int ownGroup() {
    return (int) call("getpgrp", FunctionDescriptor.of(JAVA_INT));
  }

  static void restoreInterrupt() {
    var _ =
        call("signal", FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS), SIGINT, DEFAULT_ACTION);
  }

  /** This machine's name; empty if it has none. */
  static String hostName() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(NAME_SIZE);
      FunctionDescriptor type = FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG);
      int result = (int) call("gethostname", type, name, (long) NAME_SIZE - 1);
      return result == 0 ? name.getString(0) : "";
    }
  }

  @SuppressWarnings("restricted")
  private static Object call(String name, FunctionDescriptor type, Object... arguments) {
    Linker linker = Linker.nativeLinker();
    try {
      return linker
          .downcallHandle(linker.defaultLookup().findOrThrow(name), type)
          .invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new IllegalStateException(name + " of the C library cannot be called", e);
    }
  }
}
