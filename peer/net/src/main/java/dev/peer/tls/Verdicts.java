package dev.peer.tls;

import dev.peer.core.id.Digest;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Identity;
import dev.peer.core.trust.UntrustedCertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * One validator, which finds out each thing once a second: a certificate is judged in the handshake
 * and again with the first request, and one certificate may open many connections at once.
 *
 * <p>Certificates and revocation lists have no fractions of a second, so a verdict stays true
 * within its second. Refusals are not kept.
 */
final class Verdicts {

  private final CertificateValidator validator;
  private volatile Second lately = new Second(Long.MIN_VALUE);

  private record Question(List<X509Certificate> chain, CertificateRole role) {}

  private record Second(long number, ConcurrentMap<Question, Identity> found) {

    private Second(long number) {
      this(number, new ConcurrentHashMap<>());
    }
  }

  Verdicts(CertificateValidator validator) {
    this.validator = validator;
  }

  /** What the verdicts depend on, the time apart. */
  Digest trust() {
    return validator.trust();
  }

  /** As {@link CertificateValidator#validate(List, CertificateRole, Instant)}. */
  Identity validate(List<X509Certificate> chain, CertificateRole role, Instant at)
      throws UntrustedCertificateException {
    Second second = lately;
    if (second.number != at.getEpochSecond()) {
      second = new Second(at.getEpochSecond());
      lately = second;
    }
    Question question = new Question(List.copyOf(chain), role);
    Identity found = second.found.get(question);
    if (found == null) {
      found = validator.validate(chain, role, at);
      second.found.put(question, found);
    }
    return found;
  }
}
