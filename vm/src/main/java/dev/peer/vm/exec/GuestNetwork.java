package dev.peer.vm.exec;

import dev.peer.core.flow.ExecutorException;
import dev.peer.core.key.NetworkMode;
import dev.peer.core.network.AllowedHost;
import dev.peer.core.network.Reach;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.record.PreparationNetwork;
import dev.peer.vm.network.NetworkRules;
import dev.peer.vm.qemu.Machine;
import dev.peer.vm.qemu.Qemu;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A guest's way to the network: for its preparation, and for its test as far as that has one.
 *
 * @param reach the maximum that it may reach
 * @param filtered whether its frames are filtered; otherwise it reaches this host too
 * @param wayOut how the preparation gets further than this host
 */
record GuestNetwork(Reach reach, boolean filtered, OpenWayOut wayOut) {

  /**
   * The network that this QEMU can give.
   *
   * @param memory the directory where it is remembered what QEMU can
   */
  static GuestNetwork of(Reach reach, Qemu qemu, Path memory, OpenWayOut wayOut)
      throws IOException, ExecutorException, InterruptedException {
    boolean filtered = qemu.filtersNetwork(memory);
    if (!filtered && reach instanceof Reach.Hosts) {
      throw new ExecutorException(
          "PEER_PREPARE_NETWORK lists hosts, and this QEMU cannot filter a guest's network",
          "install a QEMU that has the object filter-redirector, as Debian's, or set it to none");
    }
    return new GuestNetwork(reach, filtered, wayOut);
  }

  /** The rules of a machine's filter. */
  NetworkRules rules() {
    return new NetworkRules(reach, wayOut.subnet(), wayOut.ports());
  }

  /** Warns if the network is less sealed than it should be. */
  void warn(ExecutionListener listener) {
    if (!filtered && !(reach instanceof Reach.None)) {
      listener.note(
          "network: this QEMU cannot filter it, so the preparation reaches services of this host");
    }
  }

  /** Takes it away before anything of a revision runs, where there is to be none. */
  void grant(Machine machine) throws IOException, InterruptedException {
    if (reach instanceof Reach.None) {
      machine.disconnectNetwork();
    }
  }

  /** Gives it to a guest that waited without one, where there is to be one. */
  void admit(Machine machine) throws IOException, InterruptedException {
    if (!(reach instanceof Reach.None)) {
      machine.connectNetwork();
    }
  }

  /** Takes it away for good, unless the test may use it. */
  static void seal(Machine machine, NetworkMode test) throws IOException, InterruptedException {
    switch (test) {
      case NONE -> machine.disconnectNetwork();
      case OPEN -> {}
    }
  }

  /** Its form in the evidence. */
  PreparationNetwork ofPreparation() {
    return switch (reach) {
      case Reach.Open _ -> PreparationNetwork.open(!filtered);
      case Reach.None _ -> PreparationNetwork.none();
      case Reach.Hosts hosts ->
          PreparationNetwork.hosts(
              hosts.hosts().stream().map(AllowedHost::toString).toList(), hosts.namesThisHost());
    };
  }

  /** Describes for people what a test with an open network reaches. */
  String openReach() {
    return switch (reach) {
      case Reach.Open _ when filtered -> "the test reaches what this host does, but not this host";
      case Reach.Open _ -> "the test reaches what this host does";
      case Reach.None _ -> "but PEER_PREPARE_NETWORK is none: the test reaches nothing";
      case Reach.Hosts hosts -> "the test reaches " + hosts;
    };
  }
}
