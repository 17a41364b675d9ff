package dev.peer.vm.snapshot;

import dev.peer.core.record.MalformedException;
import dev.peer.core.scratch.ScratchDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The frozen guests of this machine, each in a directory named by its id. Frozen files are only
 * read: a machine that continues one writes to its own layers and memory.
 */
public final class FrozenStore {

  /** How many are kept. */
  public static final int MOST = 3;

  private static final String STATE = "state";
  private static final String SCRATCH = "scratch";
  private static final String INPUT = "input";
  private static final String ABOUT = "frozen.json";
  private static final String UNFINISHED = "unfinished";
  private static final Pattern ID = Pattern.compile("[0-9a-f]{16}");

  private final Path root;

  /** The frozen guests below this directory, which is made when it is needed. */
  public FrozenStore(Path root) {
    this.root = root;
  }

  /**
   * A frozen guest.
   *
   * @param id 16 hexadecimal digits
   * @param state the file of its memory and of everything else but its disks
   * @param scratch the file of its scratch disk
   * @param input the file of the disk that it reads its revision from
   * @param bytes how large the first two are: the third is mostly holes
   */
  public record Entry(
      String id, FrozenGuest guest, Path state, Path scratch, Path input, long bytes) {}

  /** Freezes a guest. */
  @FunctionalInterface
  public interface Freezer {

    /** Writes the guest's state, and moves its disks there; none of the files exists yet. */
    void freeze(Path state, Path scratch, Path input) throws IOException, InterruptedException;
  }

  /** Keeps a guest. */
  public Entry keep(FrozenGuest guest, Freezer freezer) throws IOException, InterruptedException {
    Path unfinished = root.resolve(UNFINISHED);
    ScratchDirectory.reap(unfinished);
    try (ScratchDirectory made = ScratchDirectory.in(unfinished)) {
      Path directory = made.path();
      freezer.freeze(
          directory.resolve(STATE), directory.resolve(SCRATCH), directory.resolve(INPUT));
      FileOwnership.takeOver(directory.resolve(SCRATCH), directory);
      Files.write(directory.resolve(ABOUT), FrozenGuestJson.write(guest));
      String id = directory.getFileName().toString();
      made.moveTo(root.resolve(id));
      return kept(id, guest);
    }
  }

  /** All of them, the newest first; directories that do not hold a whole one are left out. */
  public List<Entry> list() throws IOException {
    List<Entry> all = new ArrayList<>();
    if (!Files.isDirectory(root)) {
      return all;
    }
    try (DirectoryStream<Path> directories = Files.newDirectoryStream(root)) {
      for (Path directory : directories) {
        read(directory.getFileName().toString()).ifPresent(all::add);
      }
    }
    all.sort(Comparator.comparing((Entry kept) -> kept.guest().frozenAt()).reversed());
    return all;
  }

  /** The one whose id is this or begins so, if there is exactly one. */
  public Optional<Entry> find(String id) throws IOException {
    List<Entry> found = list().stream().filter(kept -> kept.id().startsWith(id)).toList();
    return found.size() == 1 && !id.isEmpty() ? Optional.of(found.getFirst()) : Optional.empty();
  }

  /** Removes one; a machine that continues it keeps its open files. */
  public void remove(Entry kept) throws IOException {
    ScratchDirectory.delete(root.resolve(kept.id()));
  }

  /** Removes the oldest beyond {@link #MOST} and returns them. */
  public List<Entry> prune() throws IOException {
    List<Entry> all = list();
    List<Entry> dropped = all.subList(Math.min(MOST, all.size()), all.size());
    for (Entry kept : dropped) {
      remove(kept);
    }
    return List.copyOf(dropped);
  }

  private Optional<Entry> read(String id) throws IOException {
    Path about = root.resolve(id).resolve(ABOUT);
    if (!ID.matcher(id).matches() || !Files.isRegularFile(about, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(about)) {
      return Optional.of(kept(id, FrozenGuestJson.parse(in.readNBytes(FrozenGuestJson.LARGEST))));
    } catch (MalformedException | NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private Entry kept(String id, FrozenGuest guest) throws IOException {
    Path directory = root.resolve(id);
    Path state = directory.resolve(STATE);
    Path scratch = directory.resolve(SCRATCH);
    long bytes = Files.size(state) + Files.size(scratch);
    return new Entry(id, guest, state, scratch, directory.resolve(INPUT), bytes);
  }
}
