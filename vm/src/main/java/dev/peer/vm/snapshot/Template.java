package dev.peer.vm.snapshot;

import java.nio.file.Path;
import java.util.List;

/**
 * A machine frozen after its boot.
 *
 * @param memory the file of its memory; clones read it and never write it
 * @param state everything else of it, but its disks
 * @param scratch its scratch disk, with a file system in which nothing was written yet; clones read
 *     it and write to layers above
 */
public record Template(Path memory, Path state, Path scratch) {

  /** All of them. */
  public List<Path> files() {
    return List.of(memory, state, scratch);
  }
}
