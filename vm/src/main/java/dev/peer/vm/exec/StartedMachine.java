package dev.peer.vm.exec;

import dev.peer.vm.guest.GuestAgent;
import dev.peer.vm.qemu.Machine;
import java.io.IOException;

/**
 * A machine whose agent has answered. Closing it ends the machine.
 *
 * @param disks the disks that it reads and writes
 */
record StartedMachine(Machine machine, GuestAgent agent, RunDisks disks) implements AutoCloseable {

  @Override
  public void close() throws IOException {
    machine.close();
  }
}
