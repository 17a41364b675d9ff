package dev.peer.vm.exec;

import dev.peer.core.flow.CacheUse;
import dev.peer.vm.snapshot.DiskName;
import dev.peer.vm.snapshot.KeptDisk;
import dev.peer.vm.snapshot.RepositoryDisks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** What one run begins with and leaves of its repository's caches. */
final class RunCache implements AutoCloseable {

  private final RepositoryDisks disks;
  private final DiskName name;
  private final boolean keeps;
  private Optional<KeptDisk> base;

  private RunCache(RepositoryDisks disks, DiskName name, boolean keeps, Optional<KeptDisk> base) {
    this.disks = disks;
    this.name = name;
    this.keeps = keeps;
    this.base = base;
  }

  static RunCache open(RepositoryDisks disks, DiskName name, CacheUse use) throws IOException {
    return switch (use) {
      case KEPT -> new RunCache(disks, name, true, disks.find(name));
      case RENEWED -> {
        disks.drop(name.repo(), "a run was asked to begin without it");
        yield new RunCache(disks, name, true, Optional.empty());
      }
      case NONE -> new RunCache(disks, name, false, Optional.empty());
    };
  }

  /** The disk to begin with. */
  Optional<Path> base() {
    return base.map(KeptDisk::file);
  }

  /** Whether the run may leave a disk. */
  boolean keeps() {
    return keeps;
  }

  /** Gives up the disk to begin with: no machine came up with it. */
  void dropBase() throws IOException {
    close();
    base = Optional.empty();
    disks.drop(name.repo(), "no machine came up with it");
  }

  /** Keeps a layer that needs no base any more, for later runs. */
  void keep(Path layer, Instant begun) throws IOException {
    // The machine has ended: what it began with may go.
    close();
    disks.keep(name, layer, base.map(KeptDisk::begun).orElse(begun));
  }

  @Override
  public void close() throws IOException {
    if (base.isPresent()) {
      base.get().close();
    }
  }
}
