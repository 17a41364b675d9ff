package dev.peer.tls;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketImpl;

/**
 * A connection as a socket, for TLS on top of it. What the other side does not take any more is
 * swallowed: it may have said why, and that is still to be read.
 */
final class DuplexSocket extends Socket {

  /** TLS alone would read each record from the connection in two steps. */
  private static final int BUFFER = 64 << 10;

  private final Duplex way;
  private final int port;
  private InputStream in;
  private volatile boolean unheard;

  /**
   * Takes the connection.
   *
   * @param port that of the server; TLS keeps sessions by it
   */
  DuplexSocket(Duplex way, int port) throws IOException {
    super((SocketImpl) null);
    this.way = way;
    this.port = port;
  }

  /** Whether something was swallowed. */
  boolean isUnheard() {
    return unheard;
  }

  @Override
  public boolean isConnected() {
    return true;
  }

  @Override
  public int getPort() {
    return port;
  }

  @Override
  public synchronized InputStream getInputStream() throws IOException {
    if (in == null) {
      in = new BufferedInputStream(way.in(), BUFFER);
    }
    return in;
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    OutputStream out = way.out();
    return new OutputStream() {

      @Override
      public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int from, int length) {
        try {
          if (!unheard) {
            out.write(bytes, from, length);
            out.flush();
          }
        } catch (IOException e) {
          unheard = true;
        }
      }
    };
  }

  @Override
  public void shutdownOutput() throws IOException {
    way.endOutput();
  }

  @Override
  public void close() {
    way.cut();
  }
}
