package dev.peer.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Reads the head of an HTTP message, and no byte of what follows it. */
final class HeadReader {

  private static final int MOST = 16 << 10;
  private static final byte[] END = {'\r', '\n', '\r', '\n'};

  private HeadReader() {}

  /** The head, with the blank line at its end. */
  static String read(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    byte[] last = new byte[END.length];
    while (!Arrays.equals(last, END)) {
      int c = in.read();
      if (c < 0 || head.size() == MOST) {
        throw new IOException(c < 0 ? "it ended early" : "it has no end");
      }
      head.write(c);
      System.arraycopy(last, 1, last, 0, last.length - 1);
      last[last.length - 1] = (byte) c;
    }
    return head.toString(ISO_8859_1);
  }
}
