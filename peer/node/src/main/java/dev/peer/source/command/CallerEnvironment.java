package dev.peer.source.command;

import java.util.Map;
import java.util.function.Supplier;

/**
 * The variables of somebody for whom this process does a command: the commands of this machine get
 * those, as they would from a process of his own.
 */
public final class CallerEnvironment {

  private static final ScopedValue<Map<String, String>> VARIABLES = ScopedValue.newInstance();

  private CallerEnvironment() {}

  /**
   * Does something on this thread.
   *
   * @param variables all of the caller's; read when a command of this machine is started
   */
  public static <T> T with(Map<String, String> variables, Supplier<T> work) {
    return ScopedValue.where(VARIABLES, variables).call(work::get);
  }

  /** Puts a caller's variables, if there is a caller, in place of this process's. */
  static void putInto(Map<String, String> environment) {
    if (VARIABLES.isBound()) {
      environment.clear();
      environment.putAll(VARIABLES.get());
    }
  }
}
