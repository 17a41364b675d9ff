package dev.peer.daemon.socket;

import java.io.OutputStream;
import java.util.Map;
import java.util.function.IntConsumer;

/** The caller of a command that the daemon does. */
public interface CommandCaller {

  /** What is written there goes to the caller's stdout. */
  OutputStream stdout();

  /** What is written there goes to the caller's stderr. */
  OutputStream stderr();

  /** How wide its terminal is now; 0: unknown. */
  int columns();

  /** Its variables. A value that it did not send is asked for when it is read. */
  Map<String, String> variables();

  /**
   * Has the caller's signals from now on, also one that came before.
   *
   * @param onSignal gets the signal's number, from another thread
   */
  void onSignal(IntConsumer onSignal);
}
