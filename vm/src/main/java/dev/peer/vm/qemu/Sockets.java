package dev.peer.vm.qemu;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** The sockets on which the host listens for QEMU. */
final class Sockets {

  private Sockets() {}

  static ServerSocketChannel listen(HostFiles files, Path socket) throws IOException {
    // A machine that did not come up leaves its own.
    Files.deleteIfExists(socket);
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      listener.bind(UnixDomainSocketAddress.of(socket));
      files.give(socket);
      return listener;
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
  }

  static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      // It is being given up: there is nothing to do about it.
      return;
    }
  }
}
