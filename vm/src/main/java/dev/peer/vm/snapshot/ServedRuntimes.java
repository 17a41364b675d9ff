package dev.peer.vm.snapshot;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The prepared runtimes beside kept disks, to be served. A reader opens a file at once: an open
 * file stays readable when its disk is dropped.
 */
public final class ServedRuntimes {

  private final DiskEntries entries;

  /** Those beside the disks below this directory. */
  public ServedRuntimes(Path root) {
    this.entries = new DiskEntries(root);
  }

  /** A repository and a guest image of which runtimes are held. */
  public record Name(RepoId repo, Digest image) {}

  /** Lists the repositories and guest images of the runtimes held. */
  public Set<Name> names() throws IOException {
    Set<Name> names = new LinkedHashSet<>();
    for (DiskEntry entry : entries.all()) {
      if (entry.runtimeFiles().runtime().isPresent()) {
        names.add(new Name(entry.name().repo(), entry.name().image()));
      }
    }
    return names;
  }

  /** The runtimes of a repository and an image that are held, the last used first. */
  public List<HeldRuntime> of(Name name) throws IOException {
    List<HeldRuntime> held = new ArrayList<>();
    for (DiskEntry entry : entries.all()) {
      if (entry.name().repo().equals(name.repo()) && entry.name().image().equals(name.image())) {
        entry.runtimeFiles().runtime().ifPresent(held::add);
      }
    }
    return held;
  }
}
