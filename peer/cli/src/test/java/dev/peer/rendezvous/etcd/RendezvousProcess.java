package dev.peer.rendezvous.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.peer.core.trust.Credentials;
import dev.peer.pki.issue.PemText;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code peer rendezvous} in a process of its own, which can be killed and started again. */
final class RendezvousProcess implements AutoCloseable {

  private static final Duration READY = Duration.ofMinutes(4);

  private final Path directory;
  private final List<String> store;
  private final Thread atExit = new Thread(() -> this.process.destroyForcibly());
  private Process process;
  private URI address;

  private RendezvousProcess(Path directory, List<String> store) {
    this.directory = directory;
    this.store = store;
  }

  /**
   * Starts it on a free port, and waits until it serves.
   *
   * @param directory takes its files; it must exist, and lie beside the authority's {@code ca.pem}
   * @param store what is said of the store
   */
  static RendezvousProcess start(Credentials credentials, Path directory, List<String> store)
      throws IOException, InterruptedException {
    RendezvousProcess made = new RendezvousProcess(directory, store);
    Path key = directory.resolve("key.pem");
    Files.createFile(
        key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(key, PemText.privateKey(credentials.privateKey()));
    Files.writeString(directory.resolve("cert.pem"), PemText.chain(credentials));
    made.launch("127.0.0.1:0");
    Runtime.getRuntime().addShutdownHook(made.atExit);
    return made;
  }

  /** Where it listens, the same after each start. */
  URI address() {
    return address;
  }

  /** What it has said since it was started last. */
  String said() {
    try {
      return Files.readString(log(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  void restart() throws IOException, InterruptedException {
    launch(address.getAuthority());
  }

  @Override
  public void close() throws IOException {
    try {
      kill();
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }

  private void launch(String listen) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.peer.cli.Main",
                "rendezvous",
                "--listen",
                listen));
    command.addAll(store);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("PEER_"));
    builder
        .environment()
        .putAll(
            Map.of(
                "PEER_CA", directory.resolveSibling("ca.pem").toString(),
                "PEER_CERT", directory.resolve("cert.pem").toString(),
                "PEER_KEY", directory.resolve("key.pem").toString(),
                "PEER_HOME", directory.resolve("home").toString()));
    builder.redirectErrorStream(true).redirectOutput(log().toFile());
    process = builder.start();
    long end = System.nanoTime() + READY.toNanos();
    String mark = "rendezvous at ";
    while (!said().contains(mark) || !said().endsWith("\n")) {
      if (process.waitFor(20, TimeUnit.MILLISECONDS) || System.nanoTime() - end > 0) {
        throw new IOException("the rendezvous does not serve: " + said());
      }
    }
    String line = said().lines().filter(text -> text.contains(mark)).findFirst().orElseThrow();
    address = URI.create(line.substring(line.indexOf(mark) + mark.length()));
  }

  private Path log() {
    return directory.resolve("log");
  }
}
