package dev.peer.vm.image;

/** A guest image is missing, damaged or could not be built; the hint says what to do. */
public final class ImageException extends Exception {

  private static final long serialVersionUID = 1L;

  private final Defect defect;
  private final String hint;

  /** The kind of failure. */
  public enum Defect {
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

  public ImageException(Defect defect, String message, String hint) {
    super(message);
    this.defect = defect;
    this.hint = hint;
  }

  public ImageException(Defect defect, String message, String hint, Throwable cause) {
    super(message, cause);
    this.defect = defect;
    this.hint = hint;
  }

  public Defect defect() {
    return defect;
  }

  public String hint() {
    return hint;
  }
}
