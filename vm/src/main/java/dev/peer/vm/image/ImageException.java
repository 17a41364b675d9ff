package dev.peer.vm.image;

/** A guest image is missing, damaged or could not be built; the hint says what to do. */
public final class ImageException extends Exception {

  private static final long serialVersionUID = 1L;

  private final Kind kind;
  private final String hint;

  /** The kind of failure. */
  public enum Kind {
    /** No image is named, and none is there. */
    NONE,
    /** The image that is named is not there. */
    MISSING,
    /** The bytes do not match the digest. */
    DAMAGED,
    /** The input is no image that can be used here. */
    REFUSED,
    /** It could not be built. */
    BUILD
  }

  public ImageException(Kind kind, String message, String hint) {
    super(message);
    this.kind = kind;
    this.hint = hint;
  }

  public ImageException(Kind kind, String message, String hint, Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.hint = hint;
  }

  public Kind kind() {
    return kind;
  }

  public String hint() {
    return hint;
  }
}
