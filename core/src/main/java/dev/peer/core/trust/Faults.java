package dev.peer.core.trust;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** Takes what checks find: the first fault refuses, or all are gathered for people to read. */
final class Faults {

  private final boolean gathering;
  private final List<CertificateFault> found = new ArrayList<>();

  private Faults(boolean gathering) {
    this.gathering = gathering;
  }

  /** The first fault is thrown. */
  static Faults refusing() {
    return new Faults(false);
  }

  /** None is thrown. */
  static Faults gathering() {
    return new Faults(true);
  }

  /** One step of a check, which may throw what it finds. */
  @FunctionalInterface
  interface Step {

    void run() throws UntrustedCertificateException;
  }

  void require(boolean holds, X509Certificate certificate, String otherwise, String mend)
      throws UntrustedCertificateException {
    if (!holds) {
      add(certificate, otherwise, mend);
    }
  }

  void add(X509Certificate certificate, String what, String mend)
      throws UntrustedCertificateException {
    add(new UntrustedCertificateException(named(certificate, what)), mend);
  }

  /** As the other, where it is the time of the certificate that does not fit. */
  void addAboutTime(X509Certificate certificate, String what, String mend)
      throws UntrustedCertificateException {
    add(UntrustedCertificateException.aboutTime(named(certificate, what)), mend);
  }

  private void add(UntrustedCertificateException fault, String mend)
      throws UntrustedCertificateException {
    if (!gathering) {
      throw fault;
    }
    found.add(new CertificateFault(fault.getMessage(), mend));
  }

  private static String named(X509Certificate certificate, String what) {
    return CertificateNames.of(certificate) + " " + what;
  }

  /** Gathers what the step throws; the mend is for that. */
  void gather(String mend, Step step) {
    try {
      step.run();
    } catch (UntrustedCertificateException e) {
      found.add(new CertificateFault(e.getMessage(), mend));
    }
  }

  /** What was gathered, each once. */
  List<CertificateFault> found() {
    return found.stream().distinct().toList();
  }
}
