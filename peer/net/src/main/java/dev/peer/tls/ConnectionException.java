package dev.peer.tls;

import dev.peer.core.id.Printable;
import dev.peer.core.network.ProxyAddress;
import dev.peer.core.trust.UntrustedCertificateException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;

/** There was no answer; the message names the address and is fit for the user, on one line. */
public final class ConnectionException extends IOException {

  private static final long serialVersionUID = 1L;

  private static final String ALERT = "fatal alert: ";
  private static final String BROKEN_OFF = "terminated the handshake";
  private static final Set<String> ABOUT_OUR_CERTIFICATE =
      Set.of(
          "access_denied",
          "bad_certificate",
          "certificate_expired",
          "certificate_required",
          "certificate_revoked",
          "certificate_unknown",
          "unknown_ca",
          "unsupported_certificate");

  private final Kind kind;

  /** Where it went wrong. */
  public enum Kind {
    /** On the way there or back. */
    UNREACHABLE,
    /**
     * The other side ended the connection without a message. It may not trust our certificate: its
     * alert can be lost, because TLS 1.3 lets a client send before it is judged.
     */
    BROKEN_OFF,
    /** They do not trust our certificate. */
    REFUSED_US,
    /** We do not trust theirs, they are someone else, or do not speak TLS 1.3. */
    NOT_WHO_IT_SHOULD_BE
  }

  private ConnectionException(Kind kind, URI uri, String why, IOException cause) {
    super(uri.getAuthority() + ": " + why, cause);
    this.kind = kind;
  }

  private ConnectionException(Kind kind, String message, IOException cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** For an address that is not connected to. */
  public static ConnectionException notTried(URI uri, String why) {
    return new ConnectionException(Kind.UNREACHABLE, uri, "not connected to, " + why, null);
  }

  /** There is no way to the requested party, and why. */
  static ConnectionException noWay(IOException why) {
    return new ConnectionException(
        Kind.UNREACHABLE, Printable.plain(String.valueOf(why.getMessage())), why);
  }

  /** The request was sent, and time is over. */
  static ConnectionException late(URI uri, IOException why) {
    return new ConnectionException(Kind.UNREACHABLE, uri, "no answer in time", why);
  }

  /** The same failure of a party that is behind this proxy, which may be its cause. */
  ConnectionException through(ProxyAddress proxy) {
    return getCause() instanceof ProxyException
        ? this
        : new ConnectionException(
            kind, getMessage() + " (through the proxy " + proxy + ")", (IOException) getCause());
  }

  /** Where it went wrong. */
  public Kind kind() {
    return kind;
  }

  /** Translates an exception of a connection to this address for the user. */
  public static ConnectionException explain(URI uri, IOException e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof UntrustedCertificateException) {
        String why = "its certificate is not trusted: " + Printable.plain(t.getMessage());
        return new ConnectionException(Kind.NOT_WHO_IT_SHOULD_BE, uri, why, e);
      }
      if (t instanceof ProxyException) {
        return new ConnectionException(Kind.UNREACHABLE, uri, t.getMessage(), e);
      }
      if (t instanceof UnexpectedPeerException) {
        return new ConnectionException(Kind.NOT_WHO_IT_SHOULD_BE, uri, t.getMessage(), e);
      }
    }
    Optional<SSLException> tls = first(e, SSLException.class);
    return tls.isEmpty() || isBrokenOff(tls.get())
        ? explainNetwork(uri, e)
        : explainTls(uri, tls.get(), e);
  }

  /** Whether TLS only tells what happened to the connection below it. */
  private static boolean isBrokenOff(SSLException tls) {
    Throwable last = tls;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    return String.valueOf(tls.getMessage()).contains(BROKEN_OFF)
        || (last instanceof IOException && !(last instanceof SSLException));
  }

  private static ConnectionException explainTls(URI uri, SSLException tls, IOException e) {
    String message = Printable.plain(String.valueOf(tls.getMessage()));
    int alert = message.indexOf(ALERT);
    String name = alert < 0 ? "" : message.substring(alert + ALERT.length());
    if (ABOUT_OUR_CERTIFICATE.contains(name)) {
      String why = "it does not accept our certificate (" + name.replace('_', ' ') + ")";
      return new ConnectionException(Kind.REFUSED_US, uri, why, e);
    }
    if (name.equals("protocol_version") || message.contains("protocol version")) {
      return new ConnectionException(
          Kind.NOT_WHO_IT_SHOULD_BE, uri, "it does not speak TLS 1.3", e);
    }
    if (message.toLowerCase(Locale.ROOT).contains("unrecognized ssl message")) {
      return new ConnectionException(Kind.NOT_WHO_IT_SHOULD_BE, uri, "it does not speak TLS", e);
    }
    String why = "TLS failed: " + (name.isEmpty() ? message : name.replace('_', ' '));
    return new ConnectionException(Kind.UNREACHABLE, uri, why, e);
  }

  private static ConnectionException explainNetwork(URI uri, IOException e) {
    if (first(e, SocketTimeoutException.class).isPresent()) {
      return new ConnectionException(Kind.UNREACHABLE, uri, "no connection in time", e);
    }
    Optional<RequestBodyException> unread = first(e, RequestBodyException.class);
    if (unread.isPresent()) {
      return new ConnectionException(Kind.UNREACHABLE, uri, unread.get().getMessage(), e);
    }
    if (first(e, ProtocolException.class).isPresent()) {
      return new ConnectionException(Kind.UNREACHABLE, uri, "it does not answer by HTTP", e);
    }
    if (first(e, UnknownHostException.class).isPresent()) {
      return new ConnectionException(Kind.UNREACHABLE, uri, "unknown host", e);
    }
    if (first(e, ConnectException.class).isPresent()
        || first(e, NoRouteToHostException.class).isPresent()) {
      String said = e.getMessage() == null ? "connection refused" : Printable.plain(e.getMessage());
      return new ConnectionException(Kind.UNREACHABLE, uri, said.toLowerCase(Locale.ROOT), e);
    }
    String why = "it broke off without an answer (does it trust our certificate?)";
    return new ConnectionException(Kind.BROKEN_OFF, uri, why, e);
  }

  private static <T extends Throwable> Optional<T> first(Throwable e, Class<T> type) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (type.isInstance(t)) {
        return Optional.of(type.cast(t));
      }
    }
    return Optional.empty();
  }
}
