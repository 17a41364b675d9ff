package dev.peer.daemon.socket;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import dev.peer.core.scratch.PrivatePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;

/**
 * Where a daemon is to be found: {@code daemon.json} in a directory that is its user's alone. It
 * may have been left by one that is gone.
 *
 * @param pid its process
 * @param started when that began, by which it is told from another of the same number
 * @param version of the daemon
 * @param socket where it listens
 */
public record DaemonFile(long pid, Instant started, String version, Path socket) {

  private static final String NAME = "daemon.json";
  private static final int LARGEST = 64 << 10;

  /** For this process. */
  public static DaemonFile ofProcess(String version, Path socket) {
    ProcessHandle process = ProcessHandle.current();
    return new DaemonFile(process.pid(), startOf(process), version, socket);
  }

  private static Instant startOf(ProcessHandle process) {
    return process.info().startInstant().orElse(Instant.EPOCH);
  }

  /** Puts it into a directory, in one step. */
  public void write(Path directory) throws IOException {
    Path file = directory.resolve(NAME);
    Path beside = directory.resolve(NAME + ".new");
    ObjectNode json = JsonTree.object();
    json.put("pid", pid).put("started", started.toString());
    json.put("version", version).put("socket", socket.toString());
    Files.deleteIfExists(beside);
    Files.createFile(
        beside, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(beside, JsonTree.bytes(json));
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Takes it away. */
  public static void remove(Path directory) throws IOException {
    Files.deleteIfExists(directory.resolve(NAME));
  }

  /**
   * The one in a directory, if there is one.
   *
   * @throws IOException if it cannot be read, or another user can write it
   */
  public static Optional<DaemonFile> read(Path directory) throws IOException {
    Path file = directory.resolve(NAME);
    try (InputStream in = Files.newInputStream(file)) {
      requireOurs(directory);
      return Optional.of(parse(in.readNBytes(LARGEST)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (MalformedException e) {
      throw new IOException(file + " is not what a daemon writes: " + e.getMessage(), e);
    }
  }

  /** Refuses a directory that is not this user's alone. */
  public static void requireOurs(Path directory) throws IOException {
    if (!PrivatePath.isOurs(directory, PosixFilePermissions.fromString("rwx------"))) {
      throw new IOException(directory + " is another user's, or open to others");
    }
  }

  private static DaemonFile parse(byte[] bytes) throws MalformedException {
    StrictJson json = StrictJson.parse("it", bytes);
    DaemonFile file =
        new DaemonFile(
            json.number("pid"),
            json.instant("started"),
            json.text("version"),
            json.value("socket", Path::of));
    json.end();
    return file;
  }

  /**
   * The one in a directory whose process is still there, if there is one.
   *
   * @throws IOException as {@link #read} does
   */
  public static Optional<DaemonFile> ofRunning(Path directory) throws IOException {
    return read(directory).filter(daemon -> daemon.process().isPresent());
  }

  /** Its process, if it is still there. */
  public Optional<ProcessHandle> process() {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(process -> startOf(process).equals(started));
  }
}
