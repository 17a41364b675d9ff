package dev.peer.tls;

import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;

/**
 * The contexts of this process's clients, each with the sessions that its servers gave it: the next
 * client resumes them. Clients share one only if they show the same certificate, trust the same
 * authorities by the same revocation lists, and expect the same peer.
 */
final class ClientContexts {

  /** Those used last. */
  private static final int MOST = 64;

  /** Sessions in one context; each is with one address. */
  private static final int MOST_SESSIONS = 64;

  /** Seconds that a session is kept. */
  private static final int KEPT = 60 * 60;

  private static final ClientContexts OF_PROCESS = new ClientContexts();

  private final SequencedMap<Use, SSLContext> contexts = new LinkedHashMap<>(MOST, 0.75f, true);

  private ClientContexts() {}

  /**
   * What a context is good for.
   *
   * @param own the certificate that is shown, with those that lead to its authority
   * @param trust the authorities and revocation lists by which servers are judged
   * @param expected the peer that a server must be, if known
   * @param clock supplies the time at which they are judged
   */
  record Use(
      List<X509Certificate> own, Digest trust, Optional<PeerId> expected, InstantSource clock) {}

  /** The context for this use; makes it if there is none. */
  static SSLContext get(Use use, Supplier<SSLContext> maker) {
    return OF_PROCESS.getOrMake(use, maker);
  }

  /**
   * Ends the sessions that a judge refuses now: the JDK resumes a session without asking whether
   * its server is still trusted.
   */
  static void forget(SSLContext context, Predicate<SSLSession> trusted) {
    SSLSessionContext sessions = context.getClientSessionContext();
    for (byte[] id : Collections.list(sessions.getIds())) {
      SSLSession session = sessions.getSession(id);
      if (session != null && !trusted.test(session)) {
        session.invalidate();
      }
    }
  }

  private synchronized SSLContext getOrMake(Use use, Supplier<SSLContext> maker) {
    SSLContext context = contexts.get(use);
    if (context == null) {
      context = maker.get();
      context.getClientSessionContext().setSessionCacheSize(MOST_SESSIONS);
      context.getClientSessionContext().setSessionTimeout(KEPT);
      contexts.put(use, context);
      if (contexts.size() > MOST) {
        contexts.pollFirstEntry();
      }
    }
    return context;
  }
}
