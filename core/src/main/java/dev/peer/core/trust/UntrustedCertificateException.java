package dev.peer.core.trust;

/** A certificate that is not to be trusted; the message is one line that says which and why. */
public final class UntrustedCertificateException extends Exception {

  private static final long serialVersionUID = 1L;

  private final boolean aboutTime;

  public UntrustedCertificateException(String message) {
    this(message, false);
  }

  public UntrustedCertificateException(String message, Throwable cause) {
    super(message, cause);
    aboutTime = false;
  }

  private UntrustedCertificateException(String message, boolean aboutTime) {
    super(message);
    this.aboutTime = aboutTime;
  }

  /** It has expired or is yet to begin, by the clock here. */
  static UntrustedCertificateException aboutTime(String message) {
    return new UntrustedCertificateException(message, true);
  }

  /** Whether a failure comes from a certificate that has expired or is yet to begin. */
  public static boolean isAboutTime(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof UntrustedCertificateException e && e.aboutTime) {
        return true;
      }
    }
    return false;
  }
}
