package dev.peer.vm.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.Consumer;

/**
 * The user's terminal in raw mode: input comes byte for byte, Ctrl-C too, and output is shown as it
 * is. Closing restores the mode before.
 */
public interface UserTerminal extends AutoCloseable {

  /** Its type: the value of {@code TERM}. */
  String type();

  /** Its size now. */
  Size size();

  /** The user's input. */
  InputStream input();

  /** The output to the user; written without delay. */
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
