package dev.peer.vm.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
import dev.peer.vm.network.NetworkFilter;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A running machine. Closing it ends the process at once and waits until it is gone. */
public final class Machine implements AutoCloseable {

  private static final Duration END_TIME = Duration.ofSeconds(5);

  /** For the last words of a machine that may go on. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private static final Duration QUIT_TIME = Duration.ofMinutes(1);
  private static final Duration BOOT_TIME = Duration.ofMinutes(5);

  /** What the JVM says of a process that SIGKILL ended. */
  private static final int KILLED = 128 + 9;

  private static final Pattern OWN_MEMORY = Pattern.compile("RssAnon:\\s+(\\d{1,15}) kB");

  private final Emulator emulator;
  private volatile boolean endedHere;
  private final Tail console = new Tail();
  private final Map<String, SocketChannel> ports;
  private final Optional<NetworkFilter> network;
  private final Qmp qmp;
  private final QmpEvents events = new QmpEvents();
  private final Migration migration;
  private final DiskLayers layers;

  /** What ended a machine from outside. */
  public enum Kill {
    /** The kernel, because there was no memory left for it. */
    OUT_OF_MEMORY,
    /** Something else that sent SIGKILL. */
    OTHER
  }

  /**
   * A QEMU.
   *
   * @param output what it says itself
   * @param killsBefore how often the kernel had killed in the groups when it was started
   */
  private record Emulator(Process process, Tail output, MemoryGroups groups, long killsBefore) {}

  private Machine(
      Emulator emulator,
      HostFiles files,
      Path sockets,
      Map<String, SocketChannel> connected,
      Optional<NetworkFilter> network)
      throws IOException, InterruptedException {
    this.emulator = emulator;
    this.network = network;
    this.ports = connected;
    SocketChannel said = connected.get(Connections.CONSOLE);
    Thread.ofVirtual().name("console").start(() -> listenTo(said));
    this.qmp = new Qmp(connected.get(Connections.QMP), this::onEvent, events::end);
    this.migration = new Migration(emulator.process(), files, sockets, qmp, events);
    this.layers = new DiskLayers(qmp, events);
  }

  /** The guest may say anything, without end. */
  private void listenTo(SocketChannel said) {
    try (console) {
      Channels.newInputStream(said).transferTo(console);
    } catch (IOException e) {
      // The machine has ended.
      return;
    }
  }

  /**
   * Starts a machine and connects its ports.
   *
   * @param directory QEMU's working directory
   * @param refused told of names that the guest asked for where its reach lists others
   */
  public static Machine start(Qemu qemu, MachineSpec spec, Path directory, Consumer<String> refused)
      throws QemuException, IOException, InterruptedException {
    Tail output = new Tail();
    List<String> names = spec.connections().names();
    Map<String, ServerSocketChannel> listeners = new HashMap<>();
    Map<String, SocketChannel> connected = new HashMap<>();
    MemoryGroups groups = MemoryGroups.ofThisProcess();
    long killsBefore = groups.kills();
    Process process = null;
    try {
      HostFiles files = new HostFiles(qemu.user(spec.accelerator()));
      for (String name : names) {
        listeners.put(name, Sockets.listen(files, spec.connections().directory().resolve(name)));
      }
      files.makeDirectory(spec.connections().directory().resolve(Migration.INCOMING));
      List<String> arguments = QemuArguments.of(spec.through(files));
      process = qemu.start(arguments, files, directory, output);
      // A QEMU that ends before it connects must not leave us waiting.
      var _ = process.onExit().thenRun(() -> listeners.values().forEach(Sockets::closeQuietly));
      for (String name : names) {
        connected.put(name, listeners.get(name).accept());
      }
      Optional<NetworkFilter> network =
          spec.connections().filtered()
              ? Optional.of(
                  NetworkFilter.start(spec.connections().rules(), networkOf(connected), refused))
              : Optional.empty();
      return new Machine(
          new Emulator(process, output, groups, killsBefore),
          files,
          spec.connections().directory(),
          connected,
          network);
    } catch (QemuException | IOException | InterruptedException | RuntimeException e) {
      connected.values().forEach(Sockets::closeQuietly);
      if (process != null) {
        if (e instanceof IOException && endsItself(process)) {
          output.awaitClosed(END_TIME.toMillis());
          throw new QemuException(
              "QEMU did not start: " + output.lastLines(5),
              "see whether `"
                  + spec.image().architecture().emulator()
                  + " --version` works and there is memory enough",
              e);
        }
        end(process);
      }
      throw e;
    } finally {
      listeners.values().forEach(Sockets::closeQuietly);
    }
  }

  private static Map<String, SocketChannel> networkOf(Map<String, SocketChannel> connected) {
    Map<String, SocketChannel> network = new HashMap<>(connected);
    network.keySet().retainAll(NetworkFilter.CONNECTIONS);
    return network;
  }

  /** Ends QEMU, which closes its connections a moment before it ends by itself. */
  private static boolean endsItself(Process process) throws InterruptedException {
    try {
      return process.waitFor(END_TIME.toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      end(process);
    }
  }

  /** The connection to the guest's serial port of this name. */
  public SocketChannel port(String name) {
    return ports.get(name);
  }

  /** Pulls the network cable. */
  public void disconnectNetwork() throws IOException, InterruptedException {
    setLink(false);
  }

  /** Puts the network cable in again. */
  public void connectNetwork() throws IOException, InterruptedException {
    setLink(true);
  }

  private void setLink(boolean up) throws IOException, InterruptedException {
    ObjectNode arguments = JsonTree.object();
    arguments.put("name", QemuArguments.NETWORK_CARD);
    arguments.put("up", up);
    qmp.execute("set_link", arguments);
  }

  /** Waits until the guest has opened its serial port of this name. */
  public void awaitPortOpen(String name) throws IOException, InterruptedException {
    events.await(
        event ->
            event.path("event").asText().equals("VSERPORT_CHANGE")
                && event.at("/data/id").asText().equals(name)
                && event.at("/data/open").asBoolean(),
        BOOT_TIME);
  }

  /** Writes the machine's state to a file, or takes it over from one. */
  public Migration migration() {
    return migration;
  }

  /** Starts and joins the layers of its disks. */
  public DiskLayers layers() {
    return layers;
  }

  /** Lets a frozen machine go on. */
  public void resume() throws IOException, InterruptedException {
    qmp.execute("cont", JsonTree.object());
  }

  /** Ends the process in order, so that the files of its disks are whole. */
  public void quit() throws IOException, InterruptedException {
    qmp.execute("quit", JsonTree.object());
    if (!emulator.process().waitFor(QUIT_TIME.toSeconds(), TimeUnit.SECONDS)) {
      throw new IOException("QEMU does not end");
    }
  }

  /** The process that it is. */
  public long pid() {
    return emulator.process().pid();
  }

  /**
   * The memory of this host that it alone takes, in bytes: not that of files, which others use too.
   *
   * @throws IOException also if it has ended
   */
  public long memoryBytes() throws IOException {
    Matcher own =
        OWN_MEMORY.matcher(Files.readString(Path.of("/proc", Long.toString(pid()), "status")));
    if (!own.find()) {
      throw new IOException("process " + pid() + " has ended");
    }
    return Long.parseLong(own.group(1)) << 10;
  }

  /** Why the machine ended of a file of a disk that the host could not read or write. */
  public Optional<DiskFailure> diskFailure() {
    return events.first(DiskFailure::of);
  }

  /** What ended the machine, if it was neither itself nor this process. */
  public Optional<Kill> killedFromOutside() throws IOException {
    awaitEnd();
    if (emulator.process().isAlive() || endedHere || emulator.process().exitValue() != KILLED) {
      return Optional.empty();
    }
    return Optional.of(
        emulator.groups().kills() > emulator.killsBefore() ? Kill.OUT_OF_MEMORY : Kill.OTHER);
  }

  /** Waits for a process that has closed its connections, which it does a moment before it ends. */
  private void awaitEnd() {
    try {
      if (emulator.process().waitFor(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)) {
        console.awaitClosed(LAST_WORDS.toMillis());
        emulator.output().awaitClosed(LAST_WORDS.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The last messages of the guest's kernel and of QEMU, for an error message. */
  public String lastWords() {
    awaitEnd();
    return (console.lastLines(8) + "\n" + emulator.output().lastLines(4)).strip();
  }

  /** Ends the process at once, from any thread; readers of a port see its end. */
  public void kill() {
    if (emulator.process().isAlive()) {
      endedHere = true;
      emulator.process().destroyForcibly();
    }
  }

  private void onEvent(JsonNode event) {
    events.add(event);
    if (DiskFailure.of(event).isPresent()) {
      kill();
    }
  }

  @Override
  public void close() throws IOException {
    kill();
    end(emulator.process());
    network.ifPresent(NetworkFilter::close);
    ports.values().forEach(Sockets::closeQuietly);
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
}
