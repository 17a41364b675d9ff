package dev.peer.core.find;

import dev.peer.core.trust.UntrustedCertificateException;

/** A holder could not be reached, is not the named peer, or did not send what was requested. */
public final class FetchException extends Exception {

  private static final long serialVersionUID = 1L;

  private final Fault fault;

  /** The cause: the connection to the holder, or the holder's answer. */
  public enum Fault {
    /** It could not be reached, or the transfer broke. */
    UNREACHABLE,
    /** It answered that it has no such result, or may not give it to us. */
    REFUSED,
    /** Its answer, or its identity, is not the requested one. */
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
