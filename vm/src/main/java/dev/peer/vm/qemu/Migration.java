package dev.peer.vm.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
import java.io.IOException;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** Moves the state of a machine to and from files, over a socket of QEMU's. */
public final class Migration {

  /** Where QEMU makes the socket for the state that it is to take over. */
  static final String INCOMING = "in";

  private static final String STATE = "state";
  private static final long UNLIMITED = 1L << 40;
  private static final Duration MIGRATION_TIME = Duration.ofMinutes(5);

  private final Process process;
  private final HostFiles files;
  private final Path sockets;
  private final Qmp qmp;
  private final QmpEvents events;

  Migration(Process process, HostFiles files, Path sockets, Qmp qmp, QmpEvents events) {
    this.process = process;
    this.files = files;
    this.sockets = sockets;
    this.qmp = qmp;
    this.events = events;
  }

  /** Freezes the machine and writes all but its memory to a new file. */
  public void freezeTo(Path state) throws IOException, InterruptedException {
    freezeTo(state, true);
  }

  /** Freezes the machine and writes it with its memory, but without its disks, to a new file. */
  public void freezeWholeTo(Path state) throws IOException, InterruptedException {
    freezeTo(state, false);
  }

  private void freezeTo(Path state, boolean memoryInItsFile)
      throws IOException, InterruptedException {
    qmp.execute("stop", JsonTree.object());
    setCapabilities(memoryInItsFile);
    // Nothing else wants the socket: it need not be slowed down.
    qmp.execute("migrate-set-parameters", JsonTree.object().put("max-bandwidth", UNLIMITED));
    int before = events.count();
    Path socket = sockets.resolve(STATE);
    try (ServerSocketChannel listener = Sockets.listen(files, socket)) {
      var _ = process.onExit().thenRun(() -> Sockets.closeQuietly(listener));
      qmp.execute("migrate", JsonTree.object().put("uri", uri(socket)));
      try (SocketChannel from = listener.accept();
          OutputStream to = Files.newOutputStream(state, StandardOpenOption.CREATE_NEW)) {
        Channels.newInputStream(from).transferTo(to);
      }
    }
    awaitMigrated(before);
  }

  /** Takes over a template, which stays frozen until {@link Machine#resume}. */
  public void takeOverTemplate(Path state) throws IOException, InterruptedException {
    takeOver(state, true);
  }

  /** Takes over a whole frozen machine, which stays frozen until {@link Machine#resume}. */
  public void takeOverWhole(Path state) throws IOException, InterruptedException {
    takeOver(state, false);
  }

  private void takeOver(Path state, boolean memoryInItsFile)
      throws IOException, InterruptedException {
    setCapabilities(memoryInItsFile);
    int before = events.count();
    Path socket = sockets.resolve(INCOMING).resolve(STATE);
    qmp.execute("migrate-incoming", JsonTree.object().put("uri", uri(socket)));
    try (SocketChannel to = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      Files.copy(state, Channels.newOutputStream(to));
    }
    awaitMigrated(before);
  }

  private String uri(Path socket) throws IOException {
    return "unix:" + files.directory(sockets).resolve(sockets.relativize(socket));
  }

  private void setCapabilities(boolean memoryInItsFile) throws IOException, InterruptedException {
    ObjectNode arguments = JsonTree.object();
    ArrayNode capabilities = arguments.putArray("capabilities");
    capabilities.addObject().put("capability", "events").put("state", true);
    capabilities.addObject().put("capability", "x-ignore-shared").put("state", memoryInItsFile);
    qmp.execute("migrate-set-capabilities", arguments);
  }

  private void awaitMigrated(int before) throws IOException, InterruptedException {
    JsonNode end =
        events.await(
            before,
            event ->
                event.path("event").asText().equals("MIGRATION")
                    && event.at("/data/status").asText().matches("completed|failed"),
            MIGRATION_TIME);
    if (!end.at("/data/status").asText().equals("completed")) {
      throw new IOException("QEMU could not move the machine's state");
    }
  }
}
