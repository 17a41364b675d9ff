package dev.peer.daemon.socket;

import java.util.OptionalInt;

/** Does a caller's commands in the daemon's process. */
public interface CommandHandler {

  /** Does none. */
  CommandHandler NONE =
      new CommandHandler() {
        @Override
        public boolean takes(CommandRequest request) {
          return false;
        }

        @Override
        public OptionalInt run(CommandRequest request, CommandCaller caller) {
          return OptionalInt.empty();
        }
      };

  /** Whether it does the command as the caller's own process would. */
  boolean takes(CommandRequest request);

  /**
   * Does one, on the calling thread.
   *
   * @return its exit code; empty: the caller's own process must do it after all
   */
  OptionalInt run(CommandRequest request, CommandCaller caller);
}
