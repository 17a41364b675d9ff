package dev.peer.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.ports.FreePorts;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Some peers of one authority, below one directory. Closing ends what was started and asserts that
 * nothing is left of it: no process, no machine, no directory of a run.
 */
final class Team {

  private static final String MACHINE = "qemu-system";
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final Duration GONE = Duration.ofMinutes(1);

  private final Path root;
  private final Authority authority;
  private final Path output;
  private final Path runtime;
  private final List<Run> started = new ArrayList<>();
  private final List<Path> homes = new ArrayList<>();
  private String rendezvous = "";

  private Team(Path root, Authority authority) throws IOException {
    this.root = root;
    this.authority = authority;
    this.output = Files.createDirectory(root.resolve("output"));
    this.runtime = Files.createDirectory(root.resolve("runtime"));
    // Where a test fails before it closes the team, nothing of it outlives the tests.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> started.forEach(Run::kill)));
  }

  /** A team with an authority of its own. */
  static Team create() throws IOException, InterruptedException {
    Path root = Files.createTempDirectory("peer-e2e");
    return new Team(root, Authority.create(root.resolve("pki"), "Team CA"));
  }

  /** A team whose authority is another's. */
  static Team of(Authority authority) throws IOException {
    Path root = Files.createTempDirectory("peer-e2e");
    return new Team(root, authority.copyTo(root.resolve("pki")));
  }

  Path root() {
    return root;
  }

  Authority authority() {
    return authority;
  }

  /** A peer with an EC certificate. */
  Peer peer(String name) throws IOException, InterruptedException {
    return peer(name, Authority.Key.EC_P256);
  }

  Peer peer(String name, Authority.Key key) throws IOException, InterruptedException {
    return peer(name, authority.issue(name, key));
  }

  Peer peer(String name, Authority.Identity identity) throws IOException {
    Path home = Files.createDirectory(root.resolve("home-" + name));
    Files.createSymbolicLink(home.resolve("images"), Dist.images());
    linkTemplates(home);
    homes.add(home);
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("PATH", System.getenv("PATH"));
    environment.put("HOME", root.toString());
    environment.put("XDG_RUNTIME_DIR", runtime.toString());
    environment.put("PEER_HOME", home.toString());
    environment.put("PEER_CA", authority.certificate().toString());
    environment.put("PEER_CERT", identity.certificate().toString());
    environment.put("PEER_KEY", identity.key().toString());
    if (!rendezvous.isEmpty()) {
      environment.put("PEER_RENDEZVOUS", rendezvous);
    }
    return new Peer(this, home, environment);
  }

  /** As on one machine, where the first run of all makes the template. */
  static void linkTemplates(Path home) throws IOException {
    Path machines = Files.createDirectory(home.resolve("vm"), OWNER_ONLY);
    Files.createSymbolicLink(machines.resolve("templates"), Dist.templates());
  }

  /**
   * Starts a rendezvous in this process; peers that are made from now on know it. Its answers may
   * have an old date: Undertow keeps one for all servers of a process, also beyond the server that
   * would renew it.
   */
  Run startRendezvous(String... more) throws IOException, InterruptedException {
    return startRendezvous(peer("rendezvous").here(), more);
  }

  /** As the other, run by this peer. */
  Run startRendezvous(Peer peer, String... more) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("rendezvous", "--listen", "127.0.0.1:0"));
    arguments.addAll(List.of(more));
    Run run = peer.start(root, arguments.toArray(String[]::new));
    rendezvous = run.awaitLine("^peer: rendezvous at (https://\\S+)$");
    return run;
  }

  /** Where the rendezvous is. */
  String rendezvous() {
    return rendezvous;
  }

  /** Where a peer serves the only result of the sample, as the rendezvous tells this client. */
  String addressOf(Peer holder, Authority.Identity client)
      throws IOException, InterruptedException {
    String key = holder.onlyResult().getParent().getFileName().toString();
    String answer =
        tool(
                "curl",
                "-sS",
                "-k",
                "--fail-with-body",
                "--cert",
                client.certificate().toString(),
                "--key",
                client.key().toString(),
                rendezvous + "/v1/repos/example.org%2Fsample/results/" + key)
            .hasExitCode(0)
            .stdout();
    return answer.replaceFirst("(?s).*(https://127[.]0[.]0[.]1:\\d+).*", "$1");
  }

  /**
   * A repository with this mkfile and the guest image pinned, committed. Its guests have one
   * processor: emulated ones that wait for each other take the host's time.
   */
  Repository repository(String name, String mkfile) throws IOException, InterruptedException {
    return Repository.init(root.resolve(name))
        .write("mkfile", mkfile)
        .write(
            ".env",
            """
            PEER_REPO=example.org/%s
            PEER_IMAGE=%s
            PEER_CPUS=1
            """
                .formatted(name, Dist.imageDigest()))
        .commit();
  }

  /** Starts any command, which is ended with the team. */
  Run start(Path directory, Map<String, String> environment, List<String> command)
      throws IOException {
    Run run = Run.start(directory, environment, output, command);
    started.add(run);
    return run;
  }

  /** Starts a {@code peer} command in this process, which is ended with the team. */
  Run startHere(Path directory, Map<String, String> environment, List<String> arguments)
      throws IOException {
    Run run = Run.startHere(directory, environment, output, arguments);
    started.add(run);
    return run;
  }

  /** Runs a tool of the system to its end. */
  Run tool(String... command) throws IOException, InterruptedException {
    return start(root, Map.of("PATH", System.getenv("PATH")), List.of(command)).await();
  }

  String pathWithoutQemu() throws IOException {
    Path bin = root.resolve("bin");
    if (!Files.exists(bin)) {
      Files.createDirectory(bin);
      for (String tool : List.of("sh", "dirname", "readlink", "setpriv")) {
        Files.createSymbolicLink(bin.resolve(tool), Path.of("/usr/bin", tool));
      }
    }
    return bin.toString();
  }

  /** Waits until no machine of this team's is there. */
  void awaitNoMachine() throws InterruptedException {
    Instant until = Instant.now().plus(GONE);
    while (!machines().isEmpty() && Instant.now().isBefore(until)) {
      Thread.sleep(50);
    }
    assertThat(machines()).as("machines left").isEmpty();
  }

  List<String> machines() {
    return processes().stream().filter(line -> line.contains(MACHINE)).toList();
  }

  /** The process of this team's only machine. */
  long machine() {
    List<Long> found =
        processesOf(root).stream().filter(pid -> commandLine(pid).contains(MACHINE)).toList();
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  /** A port of the loopback interface where nobody listens at the moment. */
  static int freePort() throws IOException {
    return FreePorts.find(1).getFirst();
  }

  /** The command lines of the processes that are this team's. */
  List<String> processes() {
    return commandLinesOf(root);
  }

  /** The command lines of the processes that belong to a directory. */
  static List<String> commandLinesOf(Path directory) {
    return processesOf(directory).stream()
        .map(Team::commandLine)
        .filter(line -> !line.isEmpty())
        .toList();
  }

  /** Those that work in the directory or name it on their command line. */
  private static List<Long> processesOf(Path directory) {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(
            pid ->
                commandLine(pid).contains(directory.toString())
                    || workingDirectory(pid).startsWith(directory))
        .toList();
  }

  /** The processes that have one of these values in their environment. */
  static List<Long> processesWith(Collection<String> values) {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(
            pid ->
                environmentOf(pid).stream()
                    .anyMatch(variable -> values.stream().anyMatch(variable::contains)))
        .toList();
  }

  /** The variables that a process was started with. */
  static List<String> environmentOf(long pid) {
    try {
      return List.of(
          Files.readString(Path.of("/proc", Long.toString(pid), "environ"), ISO_8859_1)
              .split("\0"));
    } catch (IOException e) {
      // It has ended meanwhile, or is another user's.
      return List.of();
    }
  }

  private static Path workingDirectory(long pid) {
    try {
      return Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "cwd"));
    } catch (IOException e) {
      // It has ended meanwhile, or is another user's.
      return Path.of("");
    }
  }

  /** Directories of runs, of sockets and of half-made results that are there now. */
  List<Path> scratch() throws IOException {
    List<Path> left = new ArrayList<>();
    for (Path home : homes) {
      left.addAll(children(home.resolve("vm/runs")));
      left.addAll(children(home.resolve("store/staging")));
      left.addAll(children(home.resolve("images/.incoming")));
    }
    left.addAll(children(runtime.resolve("peer")));
    return left;
  }

  /** Ends everything and asserts that nothing is left. */
  void close() throws IOException, InterruptedException {
    try {
      for (Run run : started.reversed()) {
        run.end();
      }
      assertThat(started).noneMatch(Run::alive);
      assertThat(processes()).as("processes left").isEmpty();
      assertThat(scratch()).as("scratch directories left").isEmpty();
    } finally {
      delete(root);
    }
  }

  private static List<Path> children(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children.toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private static String commandLine(long pid) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline")).replace('\0', ' ');
    } catch (IOException e) {
      // It has ended meanwhile.
      return "";
    }
  }

  static void delete(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException failure)
              throws IOException {
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
