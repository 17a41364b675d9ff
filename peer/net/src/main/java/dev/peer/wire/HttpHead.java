package dev.peer.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.peer.core.id.Printable;
import dev.peer.core.record.MalformedException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The head of an HTTP/1.1 message on a connection that then is used for something else: not a byte
 * more is read than belongs to it.
 *
 * @param start the first line
 * @param headers by their names in small letters, each once
 */
public record HttpHead(String start, Map<String, String> headers) {

  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  /** Copies the headers. */
  public HttpHead {
    headers = Map.copyOf(headers);
  }

  /**
   * Reads one, line ends as they should be, at most {@link Limits#HEADERS} bytes and {@link
   * Limits#HEADER_COUNT} headers.
   *
   * @throws EOFException if it ends before
   */
  public static HttpHead read(InputStream in) throws IOException, MalformedException {
    int left = Limits.HEADERS;
    String start = line(in, left);
    left -= start.length() + 2;
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line = line(in, left); !line.isEmpty(); line = line(in, left)) {
      left -= line.length() + 2;
      int colon = line.indexOf(':');
      if (colon < 0 || !NAME.matcher(line.substring(0, colon)).matches()) {
        throw new MalformedException("head: not a header: " + Printable.of(line));
      }
      String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
      if (headers.putIfAbsent(name, line.substring(colon + 1).strip()) != null) {
        throw new MalformedException("head: a header comes twice: " + name);
      }
      if (headers.size() > Limits.HEADER_COUNT) {
        throw new MalformedException("head: more than " + Limits.HEADER_COUNT + " headers");
      }
    }
    return new HttpHead(start, headers);
  }

  /** A header, by its name in small letters. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /**
   * How many bytes of a body follow, at most this many.
   *
   * @throws MalformedException if it is not said in digits, is too many, or in another way
   */
  public int bodyLength(int most) throws MalformedException {
    String length = header("content-length").orElse("0");
    if (headers.containsKey("transfer-encoding") || !length.matches("[0-9]{1,9}")) {
      throw new MalformedException("head: a body has a Content-Length and no Transfer-Encoding");
    }
    if (Integer.parseInt(length) > most) {
      throw new MalformedException("head: a body of at most " + most + " bytes was expected");
    }
    return Integer.parseInt(length);
  }

  private static String line(InputStream in, int most) throws IOException, MalformedException {
    StringBuilder line = new StringBuilder(80);
    while (true) {
      int c = in.read();
      if (c < 0) {
        throw new EOFException("it ended within a head");
      }
      if (c == '\r') {
        if (in.read() != '\n') {
          throw new MalformedException("head: a line does not end with CR and LF");
        }
        return line.toString();
      }
      if ((c < ' ' && c != '\t') || c > '~') {
        throw new MalformedException("head: a character that no head has");
      }
      if (line.length() + 2 >= most) {
        throw new MalformedException("head: more than " + Limits.HEADERS + " bytes");
      }
      line.append((char) c);
    }
  }

  /** The bytes of a head with these lines. */
  static byte[] bytes(String... lines) {
    return (String.join("\r\n", lines) + "\r\n\r\n").getBytes(ISO_8859_1);
  }
}
