package dev.peer.vm.image;

import dev.peer.core.record.MalformedException;

/** The parser of image manifests, which nothing outside the package may call, for fuzzing. */
public final class Manifests {

  private Manifests() {}

  /** Takes a manifest. */
  public static void parse(byte[] bytes) throws MalformedException {
    ImageManifest.parse(bytes);
  }
}
