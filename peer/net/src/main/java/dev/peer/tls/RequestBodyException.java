package dev.peer.tls;

import dev.peer.core.id.Printable;
import java.io.IOException;

/** What was to be sent cannot be read; the message is fit for the user, on one line. */
final class RequestBodyException extends IOException {

  private static final long serialVersionUID = 1L;

  RequestBodyException(IOException why) {
    super("what is sent cannot be read: " + Printable.plain(String.valueOf(why.getMessage())), why);
  }
}
