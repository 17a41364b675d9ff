package dev.peer.vm.exec;

import dev.peer.core.key.NetworkMode;
import dev.peer.vm.qemu.Machine;
import java.io.IOException;

/** The guest's way to the network. */
final class Link {

  private Link() {}

  /** Takes it away for good, unless the test may use it. */
  static void seal(Machine machine, NetworkMode network) throws IOException, InterruptedException {
    switch (network) {
      case NONE -> machine.disconnectNetwork();
      case OPEN -> {}
    }
  }
}
