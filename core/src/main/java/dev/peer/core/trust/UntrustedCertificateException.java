package dev.peer.core.trust;

/** A certificate that is not to be trusted; the message is one line that says which and why. */
public final class UntrustedCertificateException extends Exception {

  private static final long serialVersionUID = 1L;

  public UntrustedCertificateException(String message) {
    super(message);
  }

  public UntrustedCertificateException(String message, Throwable cause) {
    super(message, cause);
  }
}
