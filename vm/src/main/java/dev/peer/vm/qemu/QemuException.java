package dev.peer.vm.qemu;

/** QEMU is missing, did not start, or ended; the hint says what to do. */
public final class QemuException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String hint;

  public QemuException(String message, String hint) {
    super(message);
    this.hint = hint;
  }

  public QemuException(String message, String hint, Throwable cause) {
    super(message, cause);
    this.hint = hint;
  }

  public String hint() {
    return hint;
  }
}
