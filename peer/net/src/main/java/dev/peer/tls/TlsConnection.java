package dev.peer.tls;

import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.Identity;
import dev.peer.core.trust.UntrustedCertificateException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/**
 * A connection for any protocol, with the identity at its other end. A change cuts it off if that
 * party is no longer trusted, or a condition no longer holds.
 */
public final class TlsConnection implements Duplex, AutoCloseable {

  /** For the farewell, which the other side may not take. */
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private final TlsIdentity identity;
  private final CertificateRole role;
  private final Socket socket;
  private final SSLSocket tls;
  private final List<X509Certificate> chain;
  private final Identity other;
  private final InputStream in;
  private final List<BooleanSupplier> conditions = new CopyOnWriteArrayList<>();
  private final Runnable afterwards;

  /**
   * Takes a socket whose handshake is done.
   *
   * @param role the use for which the other side's certificate must be good
   * @param open where it is one of
   */
  TlsConnection(
      TlsIdentity identity,
      CertificateRole role,
      Socket socket,
      SSLSocket tls,
      OpenConnections open)
      throws IOException, UntrustedCertificateException {
    this.identity = identity;
    this.role = role;
    this.socket = socket;
    this.tls = tls;
    afterwards = () -> open.remove(this);
    chain = chainOf(tls.getSession());
    other = identity.validate(chain, role);
    in = new BufferedInputStream(tls.getInputStream());
  }

  /** The certificates that the other end of a session showed. */
  static List<X509Certificate> chainOf(SSLSession session) throws SSLPeerUnverifiedException {
    return Arrays.stream(session.getPeerCertificates()).map(X509Certificate.class::cast).toList();
  }

  /** The identity at the other end. */
  public Identity other() {
    return other;
  }

  /** From where it comes, or where it goes. */
  public InetSocketAddress remote() {
    return (InetSocketAddress) socket.getRemoteSocketAddress();
  }

  @Override
  public InputStream in() {
    return in;
  }

  @Override
  public OutputStream out() throws IOException {
    return tls.getOutputStream();
  }

  /** Sets how long the other side may be silent before a read fails. */
  public void setSilence(Duration most) throws SocketException {
    socket.setSoTimeout((int) most.toMillis());
  }

  /** Whether the condition holds; it must for as long as the connection is open. */
  public boolean onCondition(BooleanSupplier condition) {
    conditions.add(condition);
    return condition.getAsBoolean();
  }

  /** Cuts off the connection unless the returned value is closed in time. */
  public Deadline deadline(Duration time) {
    return Deadline.in(time, this::cut);
  }

  @Override
  public void endOutput() throws IOException {
    tls.shutdownOutput();
  }

  /** Closing TLS waits for writers: only the socket below can be closed at any time. */
  @Override
  public void cut() {
    Deadline.close(socket);
    afterwards.run();
  }

  /** Takes leave. */
  @Override
  public void close() {
    try (Deadline _ = deadline(FAREWELL)) {
      endOutput();
    } catch (IOException e) {
      // They are gone already.
    }
    cut();
  }

  /** Whether the other side's certificate is good for that too. */
  public boolean isGoodFor(CertificateRole use) {
    try {
      identity.validate(chain, use);
      return true;
    } catch (UntrustedCertificateException e) {
      return false;
    }
  }

  /** Whether the other side is trusted now, and all conditions hold. */
  boolean stands() {
    return isGoodFor(role) && conditions.stream().allMatch(BooleanSupplier::getAsBoolean);
  }
}
