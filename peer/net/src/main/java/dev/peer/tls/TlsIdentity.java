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
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * Our identity on the network, and whom we trust there. Both may change while connections are open:
 * users take the current state for each connection and each request.
 */
public final class TlsIdentity {

  public static final String PROTOCOL = "TLSv1.3";

  /**
   * The best first. Once compiled, the JDK's AES is several times as fast as its ChaCha20, and it
   * is compiled after fewer bytes.
   */
  static final String[] CIPHERS = {
    "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"
  };

  /** One kind of curve first, and so one key share: a share of another kind is seldom used. */
  static final String[] GROUPS = {"secp256r1", "secp384r1", "x25519"};

  private final InstantSource clock;
  private final List<Runnable> followers = new CopyOnWriteArrayList<>();
  private volatile State state;

  /** Takes our certificate with its key, and the judge of everybody else's. */
  public TlsIdentity(Credentials credentials, CertificateValidator validator, InstantSource clock) {
    this.state = new State(credentials, new Verdicts(validator), 0);
    this.clock = clock;
  }

  /**
   * The state at a time.
   *
   * @param generation another one after each change
   */
  public record State(Credentials credentials, Verdicts verdicts, long generation) {}

  /** Our own name, as others will read it in our certificate. */
  public PeerId id() {
    return state.credentials().identity().id();
  }

  /**
   * Replaces our identity and our trust. When it returns, every connection to our servers has been
   * judged again: no request of a refused party succeeds any more.
   */
  public synchronized void renew(Credentials credentials, CertificateValidator validator) {
    state = new State(credentials, new Verdicts(validator), state.generation() + 1);
    followers.forEach(Runnable::run);
  }

  /** When our own certificate ends. */
  public Instant certificateEnd() {
    return state().credentials().leaf().getNotAfter().toInstant();
  }

  /** Why others would refuse us as a server now; empty: they would not. */
  public Optional<String> fault() {
    State now = state;
    try {
      validate(now, now.credentials().chain(), CertificateRole.SERVER);
      return Optional.empty();
    } catch (UntrustedCertificateException e) {
      return Optional.of("others would refuse the own certificate: " + e.getMessage());
    }
  }

  public State state() {
    return state;
  }

  /** Has it called after each change, before {@link #renew} returns. */
  void follow(Runnable follower) {
    followers.add(follower);
  }

  void unfollow(Runnable follower) {
    followers.remove(follower);
  }

  Identity validate(List<X509Certificate> chain, CertificateRole role)
      throws UntrustedCertificateException {
    return validate(state, chain, role);
  }

  Identity validate(State at, List<X509Certificate> chain, CertificateRole role)
      throws UntrustedCertificateException {
    return at.verdicts().validate(chain, role, clock.instant());
  }

  Instant now() {
    return clock.instant();
  }

  /**
   * A context of its own, so that no session is resumed for which another one asked.
   *
   * @param expected the peer that a server must be, if known
   * @param handshakes counts the handshakes in which we are the server
   */
  SSLContext context(State at, Optional<PeerId> expected, Handshakes handshakes) {
    return context(at, new PeerTrust(this::validate, expected, handshakes), handshakes);
  }

  /**
   * The context of the process's clients with this state: the sessions that servers gave them are
   * resumed. In it servers are judged by this state, whatever comes after.
   *
   * @param expected the peer that a server must be, if known
   */
  SSLContext clientContext(State at, Optional<PeerId> expected) {
    InstantSource now = clock;
    Handshakes handshakes = new Handshakes();
    return ClientContexts.get(
        new ClientContexts.Use(at.credentials().chain(), at.verdicts().trust(), expected, now),
        () ->
            context(
                at,
                new PeerTrust(
                    (chain, role) -> at.verdicts().validate(chain, role, now.instant()),
                    expected,
                    handshakes),
                handshakes));
  }

  private static SSLContext context(State at, PeerTrust trust, Handshakes handshakes) {
    try {
      SSLContext context = SSLContext.getInstance(PROTOCOL);
      KeyManager own = new OwnKey(at.credentials(), handshakes);
      context.init(new KeyManager[] {own}, new TrustManager[] {trust}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has TLS 1.3", e);
    }
  }
}
