package dev.peer.vm.image;

import dev.peer.core.id.Architecture;
import dev.peer.core.id.Digest;
import dev.peer.core.record.Content;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.Provenance;
import dev.peer.core.record.StrictJson;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The contents of an image. Its digest is the SHA-256 of the manifest's bytes as they are.
 *
 * @param architecture the architecture of its programs
 * @param kernelArguments the kernel's command line
 * @param versions the versions of the programs that decide in the guest whether a run passes; empty
 *     for an image of peer 0.5 or older, whose mk passes some tests that failed
 * @param options what runs may ask of its guests besides what every image of its protocol knows
 * @param files size and digest of each file, by name
 */
record ImageManifest(
    Architecture architecture,
    String kernelArguments,
    Optional<GuestVersions> versions,
    Set<String> options,
    Map<String, Content> files) {

  static final String FILE = "manifest.json";
  static final int LARGEST = 4 << 20;

  /** The files that every image has beside its manifest, and no others. */
  static final List<String> FILES =
      List.of(GuestImage.KERNEL, GuestImage.INITRAMFS, GuestImage.ROOT);

  private static final int FORMAT = 2;
  private static final int PROTOCOL = 4;

  /** Images of peer 0.5: they can be listed, served and named by results, and not be run. */
  private static final int OLD_FORMAT = 1;

  private static final int OLD_PROTOCOL = 3;

  ImageManifest {
    options = Set.copyOf(options);
    files = Map.copyOf(files);
  }

  static ImageManifest parse(byte[] bytes) throws MalformedException {
    StrictJson json = StrictJson.parse(FILE, bytes);
    boolean old = json.number("format") == OLD_FORMAT;
    requireVersion(json, "format", old ? OLD_FORMAT : FORMAT);
    requireVersion(json, "protocol", old ? OLD_PROTOCOL : PROTOCOL);
    Optional<GuestVersions> versions =
        old
            ? Optional.empty()
            : Optional.of(
                new GuestVersions(
                    json.value("mk", Provenance.Stated::requireVersion),
                    json.value("agent", Provenance.Stated::requireVersion)));
    Architecture architecture = json.value("architecture", Architecture::new);
    String kernelArguments = json.text("kernelArguments");
    StrictJson entries = json.object("files");
    Map<String, Content> files = new TreeMap<>();
    for (String name : FILES) {
      StrictJson entry = entries.object(name);
      Digest digest = entry.value("sha256", Digest::ofHex);
      long size = entry.number("size");
      if (size < 0) {
        throw new MalformedException(FILE + ": a size of 0 or more was expected");
      }
      files.put(name, new Content(size, digest));
      entry.end();
    }
    entries.end();
    Set<String> options = new HashSet<>(json.optionalValues("options", text -> text));
    return new ImageManifest(architecture, kernelArguments, versions, options, files);
  }

  private static void requireVersion(StrictJson json, String field, int known)
      throws MalformedException {
    long version = json.number(field);
    if (version != known) {
      throw new MalformedException(
          FILE + ": " + field + " " + version + " is not known here, only " + known);
    }
  }
}
