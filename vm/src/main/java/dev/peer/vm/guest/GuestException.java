package dev.peer.vm.guest;

/** The guest's agent broke off or does not keep to the protocol. */
public final class GuestException extends Exception {

  private static final long serialVersionUID = 1L;

  public GuestException(String message) {
    super(message);
  }

  public GuestException(String message, Throwable cause) {
    super(message, cause);
  }
}
