package dev.peer.core.trust;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** Receives faults from checks: either the first one refuses, or all are collected for people. */
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

  /** One step of a check, which may throw a fault. */
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

  /** Reports a fault about the time of the certificate. */
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

  /** Collects the fault that the step throws, with this remedy. */
  void gather(String mend, Step step) {
    try {
      step.run();
    } catch (UntrustedCertificateException e) {
      found.add(new CertificateFault(e.getMessage(), mend));
    }
  }

  /** The collected faults, each once. */
  List<CertificateFault> found() {
    return found.stream().distinct().toList();
  }
}
