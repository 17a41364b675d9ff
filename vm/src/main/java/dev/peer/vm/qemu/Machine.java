package dev.peer.vm.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.record.StrictJson;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A running machine. Closing it ends the process at once and waits until it is gone. */
public final class Machine implements AutoCloseable {

  private final Process process;
  private final Path console;
  private final Path output;
  private final Map<String, SocketChannel> ports;
  private final Qmp qmp;
  private volatile boolean hostDiskFull;

  private Machine(
      Process process,
      Path console,
      Path output,
      Map<String, SocketChannel> ports,
      SocketChannel control)
      throws IOException, InterruptedException {
    this.process = process;
    this.console = console;
    this.output = output;
    this.ports = ports;
    this.qmp = new Qmp(control, this::onEvent);
  }

  /**
   * Starts a machine and connects its ports.
   *
   * @param directory QEMU's working directory, and where its own words go
   */
  public static Machine start(Qemu qemu, MachineSpec spec, Path directory)
      throws QemuException, IOException, InterruptedException {
    Path output = directory.resolve("qemu.log");
    List<String> names = new ArrayList<>(spec.ports());
    names.add(MachineSpec.QMP);
    Map<String, ServerSocketChannel> listeners = new HashMap<>();
    Map<String, SocketChannel> connected = new HashMap<>();
    Process process = null;
    try {
      for (String name : names) {
        listeners.put(name, listen(spec.socketDirectory().resolve(name)));
      }
      process = qemu.start(QemuArguments.of(spec), directory, output);
      // A QEMU that ends before it connects must not leave us waiting.
      process.onExit().thenRun(() -> listeners.values().forEach(Machine::closeQuietly));
      for (String name : names) {
        connected.put(name, listeners.get(name).accept());
      }
      SocketChannel control = connected.remove(MachineSpec.QMP);
      return new Machine(process, spec.console(), output, connected, control);
    } catch (IOException | InterruptedException | RuntimeException e) {
      connected.values().forEach(Machine::closeQuietly);
      if (process != null) {
        boolean ended = !process.isAlive();
        end(process);
        if (ended) {
          throw new QemuException(
              "QEMU did not start: " + lastLines(output, 5),
              "see whether `qemu-system-x86_64 --version` works and there is memory enough",
              e);
        }
      }
      throw e;
    } finally {
      listeners.values().forEach(Machine::closeQuietly);
    }
  }

  private static ServerSocketChannel listen(Path socket) throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      return listener.bind(UnixDomainSocketAddress.of(socket));
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
  }

  /** The connection to the guest's serial port of this name. */
  public SocketChannel port(String name) {
    return ports.get(name);
  }

  /** Pulls the network cable. */
  public void disconnectNetwork() throws IOException, InterruptedException {
    ObjectNode arguments = StrictJson.object();
    arguments.put("name", QemuArguments.NETWORK_CARD);
    arguments.put("up", false);
    qmp.execute("set_link", arguments);
  }

  /** Whether the host's disk had no room for what the guest wrote, of which the machine ended. */
  public boolean hostDiskFull() {
    return hostDiskFull;
  }

  /** What the guest's kernel and QEMU said last, for an error message. */
  public String lastWords() {
    return (lastLines(console, 8) + "\n" + lastLines(output, 4)).strip();
  }

  /** Ends the process at once, from any thread; whoever reads from a port sees its end. */
  public void kill() {
    process.destroyForcibly();
  }

  private void onEvent(JsonNode event) {
    if (event.path("event").asText().equals("BLOCK_IO_ERROR")
        && event.at("/data/nospace").asBoolean()) {
      hostDiskFull = true;
      kill();
    }
  }

  @Override
  public void close() throws IOException {
    end(process);
    ports.values().forEach(Machine::closeQuietly);
    qmp.close();
  }

  private static void end(Process process) {
    process.destroyForcibly();
    boolean interrupted = false;
    while (true) {
      try {
        process.waitFor();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static String lastLines(Path file, int most) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      int from = Math.max(0, bytes.length - 4096);
      List<String> lines =
          new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.isBlank())
              .toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - most), lines.size()));
    } catch (IOException e) {
      return "";
    }
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      // It is being given up: there is nothing to do about it.
      return;
    }
  }
}
