package dev.peer.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/** Something that bytes go through both ways, each way ending on its own. */
public interface Duplex {

  /** The incoming bytes. */
  InputStream in() throws IOException;

  /** The outgoing bytes. */
  OutputStream out() throws IOException;

  /** Ends the outgoing side; the incoming side may continue. */
  void endOutput() throws IOException;

  /** Ends both sides at once; waiting readers and writers get an error. Never waits. */
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
