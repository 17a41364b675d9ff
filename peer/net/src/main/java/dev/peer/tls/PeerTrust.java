package dev.peer.tls;

import dev.peer.core.id.PeerId;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.Identity;
import dev.peer.core.trust.UntrustedCertificateException;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Judges the other side's certificate by our validator alone. Being an extended trust manager keeps
 * the JDK from adding checks of its own, host names among them.
 */
public final class PeerTrust extends X509ExtendedTrustManager {

  private final Judge judge;
  private final Optional<PeerId> expected;
  private final Handshakes handshakes;
  private final Optional<HostName> host;

  /**
   * Trusts the parties that the judge trusts.
   *
   * @param expected the peer that a server must be, if known
   * @param handshakes count the clients taken and refused
   */
  PeerTrust(Judge judge, Optional<PeerId> expected, Handshakes handshakes) {
    this(judge, expected, handshakes, Optional.empty());
  }

  private PeerTrust(
      Judge judge, Optional<PeerId> expected, Handshakes handshakes, Optional<HostName> host) {
    this.judge = judge;
    this.expected = expected;
    this.handshakes = handshakes;
    this.host = host;
  }

  /**
   * Trusts the parties that this identity trusts; a server only if its certificate is for servers.
   */
  public static PeerTrust ofHost(TlsIdentity identity, HostName host) {
    return new PeerTrust(identity::validate, Optional.empty(), new Handshakes(), Optional.of(host));
  }

  /** Decides whether a certificate is good. */
  @FunctionalInterface
  interface Judge {

    Identity validate(List<X509Certificate> chain, CertificateRole role)
        throws UntrustedCertificateException;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    try {
      validate(chain, CertificateRole.CLIENT);
      handshakes.accept();
    } catch (CertificateException e) {
      handshakes.refuse();
      throw e;
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    Identity server = validate(chain, CertificateRole.SERVER);
    if (expected.isPresent() && !server.id().equals(expected.get())) {
      throw new UnexpectedPeerException(expected.get(), server.id());
    }
    if (host.isPresent()) {
      host.get().requireIn(chain[0]);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, authType, (SSLEngine) null);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, authType, (SSLEngine) null);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    checkClientTrusted(chain, authType, (SSLEngine) null);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    checkServerTrusted(chain, authType, (SSLEngine) null);
  }

  /** None: a listener does not tell strangers which authorities it trusts. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }

  private Identity validate(X509Certificate[] chain, CertificateRole role)
      throws CertificateException {
    try {
      return judge.validate(List.of(chain), role);
    } catch (UntrustedCertificateException e) {
      throw new CertificateException(e.getMessage(), e);
    }
  }
}
