package dev.peer.vm.snapshot;

import java.nio.file.Path;

/**
 * A machine frozen after its boot.
 *
 * @param memory the file of its memory; clones read it and never write it
 * @param state everything else of it
 */
public record Template(Path memory, Path state) {}
