package dev.peer.server;

/** The files that a peer serves beside results. */
public record HeldFiles(HeldImages images, HeldLargeFiles largeFiles, HeldRuntimes runtimes) {

  /** No file at all. */
  public static final HeldFiles NONE = new HeldFiles(HeldImages.NONE, HeldLargeFiles.NONE);

  /** No runtimes. */
  public HeldFiles(HeldImages images, HeldLargeFiles largeFiles) {
    this(images, largeFiles, HeldRuntimes.NONE);
  }

  /** Images alone. */
  public static HeldFiles of(HeldImages images) {
    return new HeldFiles(images, HeldLargeFiles.NONE);
  }
}
