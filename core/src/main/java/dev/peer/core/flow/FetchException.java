package dev.peer.core.flow;

import dev.peer.core.trust.UntrustedCertificateException;

/** A holder could not be reached, is not who it should be, or did not give what was asked for. */
public final class FetchException extends Exception {

  private static final long serialVersionUID = 1L;

  private final Fault fault;

  /** Whose fault it is: the way to the holder, or what the holder gave. */
  public enum Fault {
    /** It could not be reached, or the transfer broke. */
    UNREACHABLE,
    /** It answered that it has no such result, or may not give it to us. */
    REFUSED,
    /** What it gave, or who it was, is not what was asked for. */
    WRONG
  }

  public FetchException(Fault fault, String message) {
    super(message);
    this.fault = fault;
  }

  public FetchException(Fault fault, String message, Throwable cause) {
    super(message, cause);
    this.fault = fault;
  }

  public Fault fault() {
    return fault;
  }

  /** Whether it is that a certificate is not valid at this time, by the clock here. */
  public boolean isAboutTime() {
    return UntrustedCertificateException.isAboutTime(getCause());
  }
}
