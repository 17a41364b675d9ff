package dev.peer.server;

/** The files that a peer serves beside results. */
public record HeldFiles(HeldImages images, HeldLargeFiles largeFiles) {

  /** No file at all. */
  public static final HeldFiles NONE = new HeldFiles(HeldImages.NONE, HeldLargeFiles.NONE);

  /** No files of Git LFS. */
  public static HeldFiles of(HeldImages images) {
    return new HeldFiles(images, HeldLargeFiles.NONE);
  }
}
