package dev.peer.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/** Something that bytes go through both ways, each way ending on its own. */
public interface Duplex {

  /** What comes. */
  InputStream in() throws IOException;

  /** What goes. */
  OutputStream out() throws IOException;

  /** Says that nothing more goes; what comes may go on. */
  void endOutput() throws IOException;

  /** Ends both ways at once; whoever waits for one of them gets an error. Never waits. */
  void cut();

  /** A plain socket. */
  static Duplex of(Socket socket) {
    return new Duplex() {
      @Override
      public InputStream in() throws IOException {
        return socket.getInputStream();
      }

      @Override
      public OutputStream out() throws IOException {
        return socket.getOutputStream();
      }

      @Override
      public void endOutput() throws IOException {
        socket.shutdownOutput();
      }

      @Override
      public void cut() {
        Deadline.close(socket);
      }
    };
  }
}
