package dev.peer.vm.exec;

import dev.peer.vm.network.NetworkRules;
import dev.peer.vm.qemu.Machine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A clone that was resumed before there was a run for it. Its agent waits for the greeting, which
 * gives it clock, random numbers and machine id as any clone's; it has no network, and the disk of
 * the revision's files holds none. Closing it ends it, with its files.
 *
 * @param fit what a run must ask for to take it
 * @param since when it was resumed
 */
record WaitingClone(
    Fit fit,
    MachineModel model,
    Machine machine,
    RunDisks disks,
    MachineDirectories directories,
    Instant since)
    implements AutoCloseable {

  /**
   * What a machine is, and what it may reach.
   *
   * @param shape everything that shapes it, except for its files on this host
   * @param files the image's and the template's files, as they were when it opened them
   * @param kept the kept disk that it is above, which nothing writes; empty: a blank one
   */
  record Fit(String shape, NetworkRules rules, String files, Optional<Path> kept) {}

  @Override
  public void close() throws IOException {
    try (directories) {
      machine.close();
    }
  }
}
