package dev.peer.vm.snapshot;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StartedFrom;
import dev.peer.core.record.StrictJson;
import dev.peer.core.scratch.FileHold;
import dev.peer.core.scratch.ScratchDirectory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
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
 * one went. A disk appears whole, by one rename, and is never written again: a run that starts from
 * it writes to a layer above. Each user of a disk holds its lock, and a held disk is never removed.
 *
 * <p>A disk knows which commits made it. One that was made from another takes its place, unless
 * branches start from that one, too; of each name the {@link #MOST} last used stay.
 */
public final class RepositoryDisks {

  /** How many disks of one name are kept. */
  public static final int MOST = 4;

  private static final String GONE = "gone.json";
  private static final String UNFINISHED = "unfinished";
  private static final String UID = "unix:uid";
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
   * A disk that is here, or the trace of the last one.
   *
   * @param repo whose it is
   * @param image the guest image that wrote it
   * @param diskBytes the size that the guest sees
   * @param made whose preparations wrote it
   * @param begun when it was blank
   * @param used when a run last began with it or kept it
   * @param bytes its size on this disk
   */
  public record Listed(
      RepoId repo,
      Digest image,
      long diskBytes,
      StartedFrom made,
      Instant begun,
      Instant used,
      long bytes) {}

  /**
   * Why a repository's last disk went.
   *
   * @param repo whose it was
   * @param when when it went
   * @param why a few words
   */
  public record Gone(RepoId repo, Instant when, String why) {}

  /** How the disks of this name are made that may be used, the last used first. */
  public List<StartedFrom> made(DiskName name) throws IOException {
    List<StartedFrom> made = new ArrayList<>();
    for (DiskEntry entry : usable(name)) {
      made.add(entry.made());
    }
    return made;
  }

  /**
   * The disk of this name that is made so, held, if there is one that may be used.
   *
   * @param branch whether runs that start from it leave no disk that could replace it
   */
  public Optional<KeptDisk> find(DiskName name, StartedFrom made, boolean branch)
      throws IOException {
    for (DiskEntry entry : usable(name)) {
      if (!entry.made().equals(made)) {
        continue;
      }
      try {
        FileHold hold = FileHold.shared(entry.lock());
        Files.setLastModifiedTime(entry.lock(), FileTime.from(clock.instant()));
        if (branch) {
          entry.noteBranch();
        }
        return Optional.of(new KeptDisk(entry.disk(), entry.begun(), hold));
      } catch (NoSuchFileException e) {
        // Another process has just removed it.
        continue;
      }
    }
    return Optional.empty();
  }

  private List<DiskEntry> usable(DiskName name) throws IOException {
    List<DiskEntry> usable = new ArrayList<>();
    for (DiskEntry entry : entries(root.resolve(name.directory()))) {
      Optional<String> unusable = unusable(entry);
      if (unusable.isPresent()) {
        remove(entry, unusable.get());
      } else {
        usable.add(entry);
      }
    }
    return usable;
  }

  /**
   * Keeps a disk, and drops the disks that it replaces and those that the policy does not allow.
   *
   * @param file is moved away
   * @param made whose preparations wrote it
   * @param begun when it was blank
   * @param from the one that it was made from
   */
  public void keep(
      DiskName name, Path file, StartedFrom made, Instant begun, Optional<KeptDisk> from)
      throws IOException {
    Path parent = root.resolve(name.directory());
    List<DiskEntry> before = entries(parent);
    ScratchDirectory.createPrivate(parent);
    ScratchDirectory.reap(root.resolve(UNFINISHED));
    try (ScratchDirectory unfinished = ScratchDirectory.in(root.resolve(UNFINISHED))) {
      sync(file);
      DiskEntry.write(unfinished.path(), name, file, made, begun, clock.instant());
      unfinished.moveTo(parent.resolve(unfinished.path().getFileName()));
    }
    for (DiskEntry entry : before) {
      if (takesPlaceOf(made, from, entry)) {
        removeUnlessUsed(entry.directory());
      }
    }
    List<DiskEntry> left = entries(parent);
    for (DiskEntry entry : left.subList(Math.min(MOST, left.size()), left.size())) {
      remove(entry, "the repository had more than " + MOST);
    }
    enforcePolicy();
  }

  private static boolean takesPlaceOf(StartedFrom made, Optional<KeptDisk> from, DiskEntry entry) {
    if (entry.made().origin() != made.origin()) {
      return false;
    }
    boolean isSource = from.isPresent() && from.get().file().equals(entry.disk());
    boolean isOfSameCommit =
        !entry.made().commits().isEmpty()
            && entry.made().commits().getLast().equals(made.commits().getLast());
    return isOfSameCommit || isSource && !entry.hasBranches();
  }

  /** Drops the disks of this name whose commits are unknown. */
  public void dropUnknown(DiskName name, String why) throws IOException {
    for (DiskEntry entry : entries(root.resolve(name.directory()))) {
      if (entry.made().equals(StartedFrom.UNKNOWN)) {
        remove(entry, why);
      }
    }
  }

  /** Drops a disk that was given back. */
  public void drop(DiskName name, KeptDisk disk, String why) throws IOException {
    for (DiskEntry entry : entries(root.resolve(name.directory()))) {
      if (entry.disk().equals(disk.file())) {
        remove(entry, why);
      }
    }
  }

  /**
   * Drops all unused disks of a repository.
   *
   * @return how many went
   */
  public int drop(RepoId repo, String why) throws IOException {
    int dropped = 0;
    for (DiskEntry entry : entries()) {
      if (entry.repo().equals(repo) && remove(entry, why)) {
        dropped++;
      }
    }
    return dropped;
  }

  /** All disks, the last used first. */
  public List<Listed> list() throws IOException {
    List<Listed> listed = new ArrayList<>();
    for (DiskEntry entry : entries()) {
      listed.add(entry.listed());
    }
    return listed;
  }

  /** The recently dropped disks, the last first. */
  public List<Gone> gone() throws IOException {
    List<Gone> gone = new ArrayList<>();
    for (Path parent : children(root)) {
      readGone(parent.resolve(GONE)).ifPresent(gone::add);
    }
    gone.sort(Comparator.comparing(Gone::when).reversed());
    return gone;
  }

  private void enforcePolicy() throws IOException {
    List<DiskEntry> entries = entries();
    long bytes = entries.stream().mapToLong(entry -> entry.bytes()).sum();
    for (DiskEntry entry : entries.reversed()) {
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
        bytes -= entry.bytes();
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
  private Optional<String> unusable(DiskEntry entry) throws IOException {
    // Its files would seem newer than those of a checkout now, and so made from them.
    if (entry.used().isAfter(clock.instant())) {
      return Optional.of("it was used at " + entry.used() + ", which is yet to come");
    }
    if (entry.begun().plus(policy.maxAge()).isBefore(clock.instant())) {
      return Optional.of(
          "it was begun at " + entry.begun() + ", longer ago than PEER_CACHE_MAX_AGE");
    }
    if (entry.bytes() > entry.diskBytes() / 2) {
      return Optional.of("it had filled more than half of PEER_DISK");
    }
    if (!entry.isAsItWas()) {
      return Optional.of("it was damaged or changed");
    }
    return Optional.empty();
  }

  private boolean remove(DiskEntry entry, String why) throws IOException {
    if (!removeUnlessUsed(entry.directory())) {
      return false;
    }
    Gone gone = new Gone(entry.repo(), clock.instant(), why);
    ObjectNode json = StrictJson.object();
    json.put("repo", gone.repo().text());
    json.put("when", gone.when().toString());
    json.put("why", gone.why());
    Path written = Files.createTempFile(root, "gone", "");
    Files.write(written, StrictJson.bytes(json));
    Files.move(
        written,
        entry.directory().resolveSibling(GONE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    notices.accept("the kept disk of " + entry.repo() + " was dropped: " + why);
    return true;
  }

  private static boolean removeUnlessUsed(Path directory) throws IOException {
    try {
      Optional<FileHold> hold = FileHold.tryAlone(directory.resolve(DiskEntry.LOCK));
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

  private List<DiskEntry> entries() throws IOException {
    List<DiskEntry> entries = new ArrayList<>();
    for (Path parent : children(root)) {
      if (!parent.endsWith(UNFINISHED)) {
        entries.addAll(entries(parent));
      }
    }
    entries.sort(Comparator.comparing((DiskEntry entry) -> entry.used()).reversed());
    return entries;
  }

  /** The disks of one name, the last used first. */
  private List<DiskEntry> entries(Path parent) throws IOException {
    List<DiskEntry> entries = new ArrayList<>();
    for (Path directory : children(parent)) {
      if (!directory.endsWith(GONE)) {
        read(directory).ifPresent(entries::add);
      }
    }
    entries.sort(Comparator.comparing((DiskEntry entry) -> entry.used()).reversed());
    return entries;
  }

  /** Reads the description of a disk; removes a disk whose description cannot be read. */
  private static Optional<DiskEntry> read(Path directory) throws IOException {
    try {
      return Optional.of(DiskEntry.read(directory));
    } catch (MalformedException | NoSuchFileException e) {
      removeUnlessUsed(directory);
      return Optional.empty();
    }
  }

  private static Optional<Gone> readGone(Path file) throws IOException {
    try {
      StrictJson json = DiskEntry.readJson(file);
      Gone gone =
          new Gone(
              json.value("repo", RepoId::new),
              json.value("when", DiskEntry::instant),
              json.text("why"));
      json.end();
      return Optional.of(gone);
    } catch (MalformedException | NoSuchFileException e) {
      return Optional.empty();
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
