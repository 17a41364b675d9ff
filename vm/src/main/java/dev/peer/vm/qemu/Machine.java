package dev.peer.vm.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.record.StrictJson;
import dev.peer.vm.network.NetworkFilter;
import dev.peer.vm.qemu.MachineSpec.LayeredDisk;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A running machine. Closing it ends the process at once and waits until it is gone. */
public final class Machine implements AutoCloseable {

  /** Where QEMU makes the socket for the state that it is to take over. */
  private static final String INCOMING = "in";

  private static final String STATE = "state";
  private static final String FLATTEN = "flatten";
  private static final Duration FLATTEN_TIME = Duration.ofSeconds(300);
  private static final Duration END_TIME = Duration.ofSeconds(5);

  /** For the last words of a machine that may go on. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private static final Duration QUIT_TIME = Duration.ofSeconds(20);
  private static final Duration BOOT_TIME = Duration.ofSeconds(120);
  private static final long UNLIMITED = 1L << 40;
  private static final Duration MIGRATION_TIME = Duration.ofSeconds(60);

  private final Process process;
  private final HostFiles files;
  private final Path sockets;
  private final Tail console = new Tail();
  private final Tail output;
  private final Map<String, SocketChannel> ports;
  private final Optional<NetworkFilter> network;
  private final Qmp qmp;
  private final Set<String> inNextLayer = ConcurrentHashMap.newKeySet();
  private final Events events = new Events();

  private Machine(
      Process process,
      HostFiles files,
      Path sockets,
      Tail output,
      Map<String, SocketChannel> connected,
      Optional<NetworkFilter> network)
      throws IOException, InterruptedException {
    this.process = process;
    this.files = files;
    this.sockets = sockets;
    this.output = output;
    this.network = network;
    this.ports = connected;
    SocketChannel said = connected.get(MachineSpec.CONSOLE);
    Thread.ofVirtual().name("console").start(() -> listenTo(said));
    this.qmp = new Qmp(connected.get(MachineSpec.QMP), this::onEvent, events::end);
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
    List<String> names = spec.connections();
    Map<String, ServerSocketChannel> listeners = new HashMap<>();
    Map<String, SocketChannel> connected = new HashMap<>();
    Process process = null;
    try {
      HostFiles files = new HostFiles(qemu.user(spec.accelerator()));
      for (String name : names) {
        listeners.put(name, listen(files, spec.socketDirectory().resolve(name)));
      }
      files.makeDirectory(spec.socketDirectory().resolve(INCOMING));
      List<String> arguments = QemuArguments.of(spec.through(files));
      process = qemu.start(arguments, files, directory, output);
      // A QEMU that ends before it connects must not leave us waiting.
      process.onExit().thenRun(() -> listeners.values().forEach(Machine::closeQuietly));
      for (String name : names) {
        connected.put(name, listeners.get(name).accept());
      }
      Optional<NetworkFilter> network =
          spec.reach().map(reach -> NetworkFilter.start(reach, networkOf(connected), refused));
      return new Machine(process, files, spec.socketDirectory(), output, connected, network);
    } catch (QemuException | IOException | InterruptedException | RuntimeException e) {
      connected.values().forEach(Machine::closeQuietly);
      if (process != null) {
        if (e instanceof IOException && endsItself(process)) {
          output.awaitClosed(END_TIME.toMillis());
          throw new QemuException(
              "QEMU did not start: " + output.lastLines(5),
              "see whether `qemu-system-x86_64 --version` works and there is memory enough",
              e);
        }
        end(process);
      }
      throw e;
    } finally {
      listeners.values().forEach(Machine::closeQuietly);
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

  private static ServerSocketChannel listen(HostFiles files, Path socket) throws IOException {
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

  /** Waits until the guest has opened its serial port of this name. */
  public void awaitPortOpen(String name) throws IOException, InterruptedException {
    events.await(
        event ->
            event.path("event").asText().equals("VSERPORT_CHANGE")
                && event.at("/data/id").asText().equals(name)
                && event.at("/data/open").asBoolean(),
        BOOT_TIME);
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
    qmp.execute("stop", StrictJson.object());
    setCapabilities(memoryInItsFile);
    // Nothing else wants the socket: it need not be slowed down.
    qmp.execute("migrate-set-parameters", StrictJson.object().put("max-bandwidth", UNLIMITED));
    int before = events.count();
    Path socket = sockets.resolve(STATE);
    try (ServerSocketChannel listener = listen(files, socket)) {
      process.onExit().thenRun(() -> closeQuietly(listener));
      qmp.execute("migrate", StrictJson.object().put("uri", uri(socket)));
      try (SocketChannel from = listener.accept();
          OutputStream to = Files.newOutputStream(state, StandardOpenOption.CREATE_NEW)) {
        Channels.newInputStream(from).transferTo(to);
      }
    }
    awaitMigrated(before);
  }

  /** Lets a clone go on from the state of its template. */
  public void resumeFrom(Path state) throws IOException, InterruptedException {
    takeOver(state, true);
    resume();
  }

  /** Takes over a whole frozen machine, which stays frozen until {@link #resume}. */
  public void takeOverWhole(Path state) throws IOException, InterruptedException {
    takeOver(state, false);
  }

  /** Lets a frozen machine go on. */
  public void resume() throws IOException, InterruptedException {
    qmp.execute("cont", StrictJson.object());
  }

  private void takeOver(Path state, boolean memoryInItsFile)
      throws IOException, InterruptedException {
    setCapabilities(memoryInItsFile);
    int before = events.count();
    Path socket = sockets.resolve(INCOMING).resolve(STATE);
    qmp.execute("migrate-incoming", StrictJson.object().put("uri", uri(socket)));
    try (SocketChannel to = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      Files.copy(state, Channels.newOutputStream(to));
    }
    awaitMigrated(before);
  }

  private String uri(Path socket) throws IOException {
    return "unix:" + files.directory(sockets).resolve(sockets.relativize(socket));
  }

  private void setCapabilities(boolean memoryInItsFile) throws IOException, InterruptedException {
    ObjectNode arguments = StrictJson.object();
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

  /**
   * Ends a disk's layer: from now on the guest writes to the next one. The guest must have synced
   * its file system there, and must not write to it during the call.
   */
  public void startNextLayer(LayeredDisk disk) throws IOException, InterruptedException {
    ObjectNode arguments = StrictJson.object();
    arguments.put("node", disk.serial());
    arguments.put("overlay", disk.next());
    qmp.execute("blockdev-snapshot", arguments);
    inNextLayer.add(disk.serial());
  }

  /**
   * Copies into a disk's upper layer the data that it still reads from the layers below.
   *
   * @return the layer's file, which is the whole disk from now on
   */
  public Path flatten(LayeredDisk disk) throws IOException, InterruptedException {
    boolean next = inNextLayer.contains(disk.serial());
    if (next || disk.base().isPresent()) {
      stream(next ? disk.next() : disk.serial());
    }
    return next ? disk.nextLayer() : disk.layer();
  }

  /**
   * Copies into a disk's ended layer the data that it still reads from its base, and detaches the
   * base.
   */
  public void detachFromBase(LayeredDisk disk) throws IOException, InterruptedException {
    stream(disk.serial());
  }

  private void stream(String layer) throws IOException, InterruptedException {
    ObjectNode arguments = StrictJson.object();
    arguments.put("job-id", FLATTEN);
    arguments.put("device", layer);
    int before = events.count();
    qmp.execute("block-stream", arguments);
    JsonNode end =
        events.await(
            before,
            event ->
                event.at("/data/device").asText().equals(FLATTEN)
                    && event.path("event").asText().matches("BLOCK_JOB_(COMPLETED|CANCELLED)"),
            FLATTEN_TIME);
    if (end.at("/data").has("error") || end.path("event").asText().endsWith("CANCELLED")) {
      throw new IOException("QEMU could not copy a disk: " + end.at("/data/error").asText());
    }
  }

  /** Ends the process in order, so that the files of its disks are whole. */
  public void quit() throws IOException, InterruptedException {
    qmp.execute("quit", StrictJson.object());
    if (!process.waitFor(QUIT_TIME.toSeconds(), TimeUnit.SECONDS)) {
      throw new IOException("QEMU does not end");
    }
  }

  /** Why the machine ended of a file of a disk that the host could not read or write. */
  public Optional<DiskFailure> diskFailure() {
    return events.first(DiskFailure::of);
  }

  /** The last messages of the guest's kernel and of QEMU, for an error message. */
  public String lastWords() {
    try {
      if (process.waitFor(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)) {
        console.awaitClosed(LAST_WORDS.toMillis());
        output.awaitClosed(LAST_WORDS.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return (console.lastLines(8) + "\n" + output.lastLines(4)).strip();
  }

  /** Ends the process at once, from any thread; readers of a port see its end. */
  public void kill() {
    process.destroyForcibly();
  }

  private void onEvent(JsonNode event) {
    events.add(event);
    if (DiskFailure.of(event).isPresent()) {
      kill();
    }
  }

  @Override
  public void close() throws IOException {
    end(process);
    network.ifPresent(NetworkFilter::close);
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

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      // It is being given up: there is nothing to do about it.
      return;
    }
  }
}
