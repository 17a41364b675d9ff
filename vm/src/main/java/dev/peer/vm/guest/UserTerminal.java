package dev.peer.vm.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.Consumer;

/**
 * The user's terminal in raw mode: what is typed comes byte for byte, Ctrl-C too, and what is
 * written is shown as it is. Closing brings back the mode that it had.
 */
public interface UserTerminal extends AutoCloseable {

  /** What kind it is: the value of {@code TERM}. */
  String type();

  /** Its size now. */
  Size size();

  /** What the user types. */
  InputStream input();

  /** What the user sees; written without delay. */
  OutputStream output();

  /** Calls the listener, on any thread, whenever the size changes. */
  void onResize(Consumer<Size> listener);

  @Override
  void close() throws IOException;

  /**
   * The size in characters.
   *
   * @param rows 0 to 65535; 0: not known
   * @param columns the same
   */
  record Size(int rows, int columns) {}

  /** Takes hold of the terminal. */
  @FunctionalInterface
  interface Opener {

    /** Puts it into raw mode. */
    UserTerminal open() throws IOException;
  }
}
