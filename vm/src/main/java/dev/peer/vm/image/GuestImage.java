package dev.peer.vm.image;

import dev.peer.core.id.Architecture;
import dev.peer.core.id.Digest;
import java.nio.file.Path;
import java.util.Set;

/**
 * An image whose bytes match its digest.
 *
 * @param digest the digest of its manifest
 * @param directory where its files lie
 * @param architecture the architecture of its programs
 * @param kernelArguments the kernel's command line
 * @param versions of what reads the mkfile and runs the stages
 * @param options what runs may ask of its guests besides what every image of its protocol knows
 */
public record GuestImage(
    Digest digest,
    Path directory,
    Architecture architecture,
    String kernelArguments,
    GuestVersions versions,
    Set<String> options) {

  static final String KERNEL = "kernel";
  static final String INITRAMFS = "initramfs";
  static final String ROOT = "root.erofs";

  /** Copies the options. */
  public GuestImage {
    options = Set.copyOf(options);
  }

  /** The same image, its files in another directory. */
  public GuestImage in(Path other) {
    return new GuestImage(digest, other, architecture, kernelArguments, versions, options);
  }

  public Path kernel() {
    return directory.resolve(KERNEL);
  }

  public Path initramfs() {
    return directory.resolve(INITRAMFS);
  }

  /** The read-only root file system. */
  public Path root() {
    return directory.resolve(ROOT);
  }
}
