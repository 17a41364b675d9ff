package dev.peer.vm.snapshot;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import dev.peer.core.scratch.FileHold;
import dev.peer.core.scratch.FileSeal;
import dev.peer.core.scratch.ScratchDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The disks with container images and caches that are kept of each repository.
 *
 * <p>Layout below the root: {@code <digest of the name>/<random>/} with {@code disk}, {@code
 * about.json} and {@code lock}, and {@code <digest of the name>/gone.json}, which says why the last
 * one went. A disk appears whole, by one rename, and is never written again: who begins with it
 * writes to a layer above. Whoever uses it holds its lock, and nothing that is held is removed.
 */
public final class RepositoryDisks {

  private static final String DISK = "disk";
  private static final String ABOUT = "about.json";
  private static final String LOCK = "lock";
  private static final String GONE = "gone.json";
  private static final String UNFINISHED = "unfinished";
  private static final String UID = "unix:uid";
  private static final int LARGEST_TEXT = 1 << 16;
  private static final Duration REMEMBERED = Duration.ofDays(30);

  private final Path root;
  private final CachePolicy policy;
  private final InstantSource clock;
  private final Consumer<String> notices;

  /**
   * The disks below this directory, which is made when it is needed.
   *
   * @param notices takes a line for each disk that is dropped
   */
  public RepositoryDisks(
      Path root, CachePolicy policy, InstantSource clock, Consumer<String> notices) {
    this.root = root;
    this.policy = policy;
    this.clock = clock;
    this.notices = notices;
  }

  /**
   * A disk that lies here, or the trace of the last one.
   *
   * @param repo whose it is
   * @param image the guest image that wrote it
   * @param diskBytes the size that the guest sees
   * @param begun when it was blank
   * @param used when a run last began with it or kept it
   * @param bytes what it takes here
   */
  public record Listed(
      RepoId repo, Digest image, long diskBytes, Instant begun, Instant used, long bytes) {}

  /**
   * Why a repository's last disk went.
   *
   * @param repo whose it was
   * @param when when it went
   * @param why a few words
   */
  public record Gone(RepoId repo, Instant when, String why) {}

  /** The disk of this name, held, if there is one that may be used. */
  public Optional<KeptDisk> find(DiskName name) throws IOException {
    for (Entry entry : entries(root.resolve(name.directory()))) {
      Optional<String> unusable = unusable(entry);
      if (unusable.isPresent()) {
        remove(entry, unusable.get());
        continue;
      }
      try {
        FileHold hold = FileHold.shared(entry.directory.resolve(LOCK));
        Files.setLastModifiedTime(entry.directory.resolve(LOCK), FileTime.from(clock.instant()));
        return Optional.of(new KeptDisk(entry.directory.resolve(DISK), entry.begun, hold));
      } catch (NoSuchFileException e) {
        // Another process has just removed it.
        continue;
      }
    }
    return Optional.empty();
  }

  /**
   * Keeps a disk in place of the one there was, and drops what the policy does not allow.
   *
   * @param file is moved away
   * @param begun when it was blank
   */
  public void keep(DiskName name, Path file, Instant begun) throws IOException {
    Path parent = root.resolve(name.directory());
    List<Entry> before = entries(parent);
    ScratchDirectory.createPrivate(parent);
    ScratchDirectory.reap(root.resolve(UNFINISHED));
    try (ScratchDirectory made = ScratchDirectory.in(root.resolve(UNFINISHED))) {
      Path disk = made.path().resolve(DISK);
      sync(file);
      Files.move(file, disk, StandardCopyOption.ATOMIC_MOVE);
      takeOver(disk, made.path());
      Path lock = Files.createFile(made.path().resolve(LOCK));
      Files.setLastModifiedTime(lock, FileTime.from(clock.instant()));
      ObjectNode about = StrictJson.object();
      about.put("repo", name.repo().text());
      about.put("image", name.image().toString());
      about.put("diskBytes", name.bytes());
      about.put("begun", begun.toString());
      about.put("seal", FileSeal.of(List.of(disk)));
      Files.write(made.path().resolve(ABOUT), StrictJson.bytes(about));
      made.moveTo(parent.resolve(made.path().getFileName()));
    }
    for (Entry entry : before) {
      removeUnlessUsed(entry.directory);
    }
    enforcePolicy();
  }

  /**
   * Drops all disks of a repository that nobody uses.
   *
   * @return how many went
   */
  public int drop(RepoId repo, String why) throws IOException {
    int dropped = 0;
    for (Entry entry : entries()) {
      if (entry.repo.equals(repo) && remove(entry, why)) {
        dropped++;
      }
    }
    return dropped;
  }

  /** All disks, the last used first. */
  public List<Listed> list() throws IOException {
    List<Listed> listed = new ArrayList<>();
    for (Entry entry : entries()) {
      listed.add(
          new Listed(
              entry.repo, entry.image, entry.diskBytes, entry.begun, entry.used, entry.bytes));
    }
    return listed;
  }

  /** What went lately, the last first. */
  public List<Gone> gone() throws IOException {
    List<Gone> gone = new ArrayList<>();
    for (Path parent : children(root)) {
      readGone(parent.resolve(GONE)).ifPresent(gone::add);
    }
    gone.sort(Comparator.comparing(Gone::when).reversed());
    return gone;
  }

  private void enforcePolicy() throws IOException {
    List<Entry> entries = entries();
    long bytes = entries.stream().mapToLong(entry -> entry.bytes).sum();
    for (Entry entry : entries.reversed()) {
      Optional<String> unusable = unusable(entry);
      if (unusable.isEmpty() && bytes > policy.maxBytes()) {
        unusable =
            Optional.of(
                "all disks together took "
                    + bytes
                    + " bytes, PEER_CACHE_MAX_BYTES allows "
                    + policy.maxBytes());
      }
      if (unusable.isPresent() && remove(entry, unusable.get())) {
        bytes -= entry.bytes;
      }
    }
    for (Path parent : children(root)) {
      forgetLongGone(parent);
    }
  }

  private void forgetLongGone(Path parent) throws IOException {
    Optional<Gone> gone = readGone(parent.resolve(GONE));
    if (gone.isPresent()
        && gone.get().when().isBefore(clock.instant().minus(REMEMBERED))
        && entries(parent).isEmpty()) {
      ScratchDirectory.delete(parent);
    }
  }

  /** Why a disk may not be used, if it may not. */
  private Optional<String> unusable(Entry entry) throws IOException {
    if (entry.begun.plus(policy.maxAge()).isBefore(clock.instant())) {
      return Optional.of("it was begun at " + entry.begun + ", longer ago than PEER_CACHE_MAX_AGE");
    }
    if (entry.bytes > entry.diskBytes / 2) {
      return Optional.of("it had filled more than half of PEER_DISK");
    }
    Path disk = entry.directory.resolve(DISK);
    if (!Files.isRegularFile(disk, LinkOption.NOFOLLOW_LINKS)
        || !FileSeal.of(List.of(disk)).equals(entry.seal)) {
      return Optional.of("it was damaged or changed");
    }
    return Optional.empty();
  }

  private boolean remove(Entry entry, String why) throws IOException {
    if (!removeUnlessUsed(entry.directory)) {
      return false;
    }
    Gone gone = new Gone(entry.repo, clock.instant(), why);
    ObjectNode json = StrictJson.object();
    json.put("repo", gone.repo().text());
    json.put("when", gone.when().toString());
    json.put("why", gone.why());
    Path written = Files.createTempFile(root, "gone", "");
    Files.write(written, StrictJson.bytes(json));
    Files.move(
        written,
        entry.directory.resolveSibling(GONE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    notices.accept("the kept disk of " + entry.repo + " was dropped: " + why);
    return true;
  }

  private static boolean removeUnlessUsed(Path directory) throws IOException {
    try {
      Optional<FileHold> hold = FileHold.tryAlone(directory.resolve(LOCK));
      if (hold.isEmpty()) {
        return false;
      }
      try (FileHold _ = hold.get()) {
        ScratchDirectory.delete(directory);
      }
    } catch (NoSuchFileException e) {
      ScratchDirectory.delete(directory);
    }
    return true;
  }

  private List<Entry> entries() throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (Path parent : children(root)) {
      if (!parent.endsWith(UNFINISHED)) {
        entries.addAll(entries(parent));
      }
    }
    entries.sort(Comparator.comparing((Entry entry) -> entry.used).reversed());
    return entries;
  }

  /** What lies in one name's directory, the last used first. */
  private List<Entry> entries(Path parent) throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (Path directory : children(parent)) {
      if (!directory.endsWith(GONE)) {
        read(directory).ifPresent(entries::add);
      }
    }
    entries.sort(Comparator.comparing((Entry entry) -> entry.used).reversed());
    return entries;
  }

  private record Entry(
      Path directory,
      RepoId repo,
      Digest image,
      long diskBytes,
      Instant begun,
      String seal,
      Instant used,
      long bytes) {}

  /** Reads what is known of a disk; what can not be read is of no use to anybody and removed. */
  private static Optional<Entry> read(Path directory) throws IOException {
    try {
      StrictJson about = readJson(directory.resolve(ABOUT));
      Entry entry =
          new Entry(
              directory,
              about.value("repo", RepoId::new),
              about.value("image", Digest::parse),
              about.number("diskBytes"),
              about.value("begun", RepositoryDisks::instant),
              about.text("seal"),
              Files.getLastModifiedTime(directory.resolve(LOCK)).toInstant(),
              Files.size(directory.resolve(DISK)));
      about.end();
      return Optional.of(entry);
    } catch (MalformedException | NoSuchFileException e) {
      removeUnlessUsed(directory);
      return Optional.empty();
    }
  }

  private static Optional<Gone> readGone(Path file) throws IOException {
    try {
      StrictJson json = readJson(file);
      Gone gone =
          new Gone(
              json.value("repo", RepoId::new),
              json.value("when", RepositoryDisks::instant),
              json.text("why"));
      json.end();
      return Optional.of(gone);
    } catch (MalformedException | NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static StrictJson readJson(Path file) throws IOException, MalformedException {
    try (InputStream in = Files.newInputStream(file)) {
      return StrictJson.parse(file.getFileName().toString(), in.readNBytes(LARGEST_TEXT));
    }
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("a time was expected", e);
    }
  }

  private static List<Path> children(Path directory) throws IOException {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(children::add);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    }
    return children;
  }

  /** Makes a file ours, which QEMU may have written as another user, and only to be read. */
  static void takeOver(Path file, Path ours) throws IOException {
    Object uid = Files.getAttribute(ours, UID);
    if (!uid.equals(Files.getAttribute(file, UID))) {
      Files.setAttribute(file, UID, uid);
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
  }

  private static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }
}
