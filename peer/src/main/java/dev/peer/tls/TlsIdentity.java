package dev.peer.tls;

import dev.peer.core.id.PeerId;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.Identity;
import dev.peer.core.trust.UntrustedCertificateException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** Who we are on the network, and whom we trust there. */
public final class TlsIdentity {

  static final String PROTOCOL = "TLSv1.3";

  /**
   * The best first. The JDK's AES is fast only where its second compiler has come to it: in a
   * process that runs for a moment ChaCha20 is an order of magnitude faster.
   */
  static final String[] CIPHERS = {
    "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"
  };

  private final Credentials credentials;
  private final CertificateValidator validator;
  private final InstantSource clock;

  /** Takes our certificate with its key, and the judge of everybody else's. */
  public TlsIdentity(Credentials credentials, CertificateValidator validator, InstantSource clock) {
    this.credentials = credentials;
    this.validator = validator;
    this.clock = clock;
  }

  /** Our own name, as others will read it in our certificate. */
  public PeerId id() {
    return credentials.identity().id();
  }

  Identity validate(List<X509Certificate> chain, CertificateRole role)
      throws UntrustedCertificateException {
    return validator.validate(chain, role, clock.instant());
  }

  Instant now() {
    return clock.instant();
  }

  /** A context of its own, so that no session is resumed for which another one asked. */
  SSLContext context(TrustManager trust) {
    try {
      SSLContext context = SSLContext.getInstance(PROTOCOL);
      context.init(new KeyManager[] {new OwnKey(credentials)}, new TrustManager[] {trust}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has TLS 1.3", e);
    }
  }
}
