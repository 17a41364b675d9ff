package dev.peer.runtime;

import java.io.IOException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.net.spi.URLStreamHandlerProvider;

/**
 * Web addresses that Java itself connects to nowhere. Its ciphers begin with one; {@code peer} has
 * connections of its own.
 */
public final class NoWebConnections extends URLStreamHandlerProvider {

  @Override
  public URLStreamHandler createURLStreamHandler(String protocol) {
    return protocol.equals("http") || protocol.equals("https") ? new Refusing() : null;
  }

  private static final class Refusing extends URLStreamHandler {

    @Override
    protected URLConnection openConnection(URL url) throws IOException {
      throw new IOException("Java opens no connection here: " + url);
    }
  }
}
