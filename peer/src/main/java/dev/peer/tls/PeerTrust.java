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
final class PeerTrust extends X509ExtendedTrustManager {

  private final TlsIdentity identity;
  private final Optional<PeerId> expected;
  private final Optional<HostName> host;

  /**
   * Trusts whom this identity trusts.
   *
   * @param expected whom a server must be, if that is known
   */
  PeerTrust(TlsIdentity identity, Optional<PeerId> expected) {
    this(identity, expected, Optional.empty());
  }

  private PeerTrust(TlsIdentity identity, Optional<PeerId> expected, Optional<HostName> host) {
    this.identity = identity;
    this.expected = expected;
    this.host = host;
  }

  /** Trusts whom this identity trusts, and of these a server only whose certificate is for it. */
  static PeerTrust ofHost(TlsIdentity identity, HostName host) {
    return new PeerTrust(identity, Optional.empty(), Optional.of(host));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    validate(chain, CertificateRole.CLIENT);
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
      return identity.validate(List.of(chain), role);
    } catch (UntrustedCertificateException e) {
      throw new CertificateException(e.getMessage(), e);
    }
  }
}
