package dev.peer.tls;

import dev.peer.core.id.Printable;
import dev.peer.core.network.ProxyAddress;
import java.io.IOException;

/** A proxy gave no connection; the message names it and is fit for the user, on one line. */
final class ProxyException extends IOException {

  private static final long serialVersionUID = 1L;

  ProxyException(ProxyAddress proxy, String why) {
    super("the proxy " + proxy + " of HTTPS_PROXY " + Printable.plain(why));
  }

  ProxyException(ProxyAddress proxy, String why, IOException cause) {
    this(proxy, why);
    initCause(cause);
  }
}
