package dev.peer.vm.snapshot;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.LayersJson;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.PreparationJson;
import dev.peer.core.record.RuntimeId;
import dev.peer.core.record.StartedFrom;
import dev.peer.core.record.StrictJson;
import dev.peer.core.scratch.FileFingerprint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A kept disk's directory, as it was read.
 *
 * @param name the runs that may begin with it
 * @param history what it has been through
 * @param seal the identity of the disk's file when it was kept
 * @param used when a run last began with it or kept it
 * @param bytes its size on this disk
 */
record DiskEntry(
    Path directory, DiskName name, DiskHistory history, String seal, Instant used, long bytes) {

  static final String LOCK = "lock";

  private static final String DISK = "disk";
  private static final String ABOUT = "about.json";
  private static final String BRANCHES = "branches";
  private static final int LARGEST_TEXT = 1 << 17;

  /**
   * Moves a disk's file into a directory, and writes its description there. The voucher beside it
   * says which runtimes it came from.
   */
  static void write(Path directory, DiskName name, Path file, DiskHistory history, Instant now)
      throws IOException {
    Path disk = directory.resolve(DISK);
    Files.move(file, disk, StandardCopyOption.ATOMIC_MOVE);
    FileOwnership.takeOver(disk, directory);
    Path lock = Files.createFile(directory.resolve(LOCK));
    Files.setLastModifiedTime(lock, FileTime.from(now));
    ObjectNode about = JsonTree.object();
    about.put("repo", name.repo().text());
    about.put("image", name.image().toString());
    about.put("diskBytes", name.bytes());
    about.put("origin", history.made().origin().toString());
    ArrayNode commits = about.putArray("commits");
    history.made().commits().forEach(commit -> commits.add(commit.hex()));
    LayersJson.write(about, history.made().layers());
    about.put("begun", history.begun().toString());
    history
        .preparation()
        .ifPresent(one -> PreparationJson.write(about.putObject("preparation"), one));
    history.caches().ifPresent(caches -> caches.write(about.putObject("caches")));
    about.put("seal", FileFingerprint.of(List.of(disk)));
    Files.write(directory.resolve(ABOUT), JsonTree.bytes(about));
  }

  static DiskEntry read(Path directory) throws IOException, MalformedException {
    StrictJson about = readJson(directory.resolve(ABOUT));
    DiskEntry entry =
        new DiskEntry(
            directory,
            new DiskName(
                about.value("repo", RepoId::new),
                about.value("image", Digest::parse),
                about.number("diskBytes")),
            new DiskHistory(
                about.has("origin") ? made(about) : StartedFrom.UNKNOWN,
                about.instant("begun"),
                about.has("preparation")
                    ? Optional.of(PreparationJson.read(about.object("preparation")))
                    : Optional.empty(),
                about.has("caches")
                    ? Optional.of(KeptCaches.read(about.object("caches")))
                    : Optional.empty()),
            about.text("seal"),
            Files.getLastModifiedTime(directory.resolve(LOCK)).toInstant(),
            Files.size(directory.resolve(DISK)));
    about.end();
    return entry;
  }

  private static StartedFrom made(StrictJson about) throws MalformedException {
    KeptOrigin origin = about.value("origin", KeptOrigin::parse);
    List<CommitId> commits = about.values("commits", CommitId::new);
    Optional<Digest> layers = LayersJson.read(about);
    try {
      return new StartedFrom(origin, commits, List.of(), layers);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("commits: " + e.getMessage(), e);
    }
  }

  static StrictJson readJson(Path file) throws IOException, MalformedException {
    try (InputStream in = Files.newInputStream(file)) {
      return StrictJson.parse(file.getFileName().toString(), in.readNBytes(LARGEST_TEXT));
    }
  }

  /** The same disk, which came from these runtimes. */
  DiskEntry outOf(List<RuntimeId> runtimes) {
    return new DiskEntry(directory, name, history.outOf(runtimes), seal, used, bytes);
  }

  Path disk() {
    return directory.resolve(DISK);
  }

  Path lock() {
    return directory.resolve(LOCK);
  }

  /** Whether nothing has written to the disk since it was kept. */
  boolean isAsItWas() throws IOException {
    return Files.isRegularFile(disk(), LinkOption.NOFOLLOW_LINKS)
        && FileFingerprint.of(List.of(disk())).equals(seal);
  }

  RuntimeFiles runtimeFiles() {
    return new RuntimeFiles(directory);
  }

  /** Whether it is kept for others alone. */
  boolean isCopy() throws IOException {
    return runtimeFiles().copyOf().isPresent();
  }

  /** What it takes of this disk, with the runtime beside it. */
  long allBytes() throws IOException {
    return bytes + runtimeFiles().bytes();
  }

  /** From now on {@link #hasBranches}. */
  void noteBranch() throws IOException {
    Files.write(directory.resolve(BRANCHES), new byte[0]);
  }

  /** Whether runs started from it that left none to take its place. */
  boolean hasBranches() {
    return Files.exists(directory.resolve(BRANCHES), LinkOption.NOFOLLOW_LINKS);
  }

  DiskSummary summary() throws IOException {
    return new DiskSummary(name, history, used, bytes, runtimeFiles().bytes());
  }
}
