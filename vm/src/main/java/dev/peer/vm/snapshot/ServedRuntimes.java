package dev.peer.vm.snapshot;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.scratch.FileHold;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** The prepared runtimes beside kept disks, to be served. */
public final class ServedRuntimes {

  private final DiskEntries entries;

  /** Those beside the disks below this directory. */
  public ServedRuntimes(Path root) {
    this.entries = new DiskEntries(root);
  }

  /** A repository and a guest image of which runtimes are held. */
  public record Name(RepoId repo, Digest image) {}

  /**
   * A runtime whose disk is not dropped before its hold is closed.
   *
   * @param digest of its bytes
   * @param content the file with these
   * @param chunks where the list of its chunks is kept, if there is one
   */
  public record Claim(Name name, Digest digest, Path content, Path chunks, FileHold hold) {}

  /** Lists the repositories and guest images of the runtimes held. */
  public Set<Name> names() throws IOException {
    Set<Name> names = new LinkedHashSet<>();
    for (DiskEntry entry : entries.all()) {
      if (entry.runtimeFiles().runtime().isPresent()) {
        names.add(new Name(entry.name().repo(), entry.name().image()));
      }
    }
    return names;
  }

  /** The runtimes of a repository and an image that are held, the last used first. */
  public List<HeldRuntime> of(Name name) throws IOException {
    List<HeldRuntime> held = new ArrayList<>();
    for (DiskEntry entry : entries.all()) {
      if (isOf(entry, name)) {
        entry.runtimeFiles().runtime().ifPresent(held::add);
      }
    }
    return held;
  }

  /**
   * Holds runtimes of different contents, those of one repository first, of each the last used
   * first. The caller gives them back.
   *
   * @param others which other repositories' count
   * @param most how many
   */
  public List<Claim> hold(RepoId repo, Predicate<RepoId> others, int most) throws IOException {
    List<DiskEntry> all = entries.all();
    all.removeIf(entry -> !entry.name().repo().equals(repo) && !others.test(entry.name().repo()));
    all.sort(Comparator.comparing(entry -> !entry.name().repo().equals(repo)));
    List<Claim> held = new ArrayList<>();
    Set<Digest> seen = new HashSet<>();
    boolean done = false;
    try {
      for (DiskEntry entry : all) {
        Optional<HeldRuntime> runtime = entry.runtimeFiles().runtime();
        if (held.size() < most && runtime.isPresent() && seen.add(runtime.get().digest())) {
          hold(entry, runtime.get().digest()).ifPresent(held::add);
        }
      }
      done = true;
      return List.copyOf(held);
    } finally {
      if (!done) {
        for (Claim claim : held) {
          claim.hold().close();
        }
      }
    }
  }

  /** Holds one of the runtimes of a repository and an image; empty if it is not here, or goes. */
  public Optional<Claim> hold(Name name, Digest content) throws IOException {
    for (DiskEntry entry : entries.all()) {
      if (isOf(entry, name)) {
        Optional<Claim> held = hold(entry, content);
        if (held.isPresent()) {
          return held;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Claim> hold(DiskEntry entry, Digest content) throws IOException {
    RuntimeFiles files = entry.runtimeFiles();
    Optional<HeldRuntime> runtime = files.runtime().filter(one -> one.digest().equals(content));
    if (runtime.isEmpty()) {
      return Optional.empty();
    }
    Optional<FileHold> hold;
    try {
      hold = FileHold.tryShared(entry.lock());
    } catch (NoSuchFileException e) {
      hold = Optional.empty();
    }
    if (hold.isPresent() && !Files.exists(runtime.get().content())) {
      hold.get().close();
      hold = Optional.empty();
    }
    return hold.map(
        one ->
            new Claim(
                new Name(entry.name().repo(), entry.name().image()),
                content,
                runtime.get().content(),
                files.chunks(),
                one));
  }

  private static boolean isOf(DiskEntry entry, Name name) {
    return entry.name().repo().equals(name.repo()) && entry.name().image().equals(name.image());
  }
}
