package dev.peer.core.sign;

/** An attestation has no form that Sigstore's verifiers would take. */
public final class SigstoreException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String hint;

  /**
   * Takes both texts.
   *
   * @param message one line: what is missing
   * @param hint one line: what to do about it
   */
  SigstoreException(String message, String hint) {
    super(message);
    this.hint = hint;
  }

  /** One line: what to do about it. */
  public String hint() {
    return hint;
  }
}
