package dev.peer.vm.snapshot;

import dev.peer.core.id.Digest;
import dev.peer.core.platform.Platform;
import dev.peer.core.scratch.FileFingerprint;
import dev.peer.core.scratch.FileHold;
import dev.peer.core.scratch.ScratchDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The templates of this machine, each in a directory named by the digest of everything that shaped
 * it.
 *
 * <p>A template is used only if it is whole, ours alone, and as it was when it was made: each
 * file's size, inode, owner and times are noted when it is complete. Anything else is removed.
 */
public final class TemplateStore {

  private static final String MEMORY = "memory";
  private static final String STATE = "state";
  private static final String SCRATCH = "scratch";
  private static final String SEAL = "seal";
  private static final String UNFINISHED = "unfinished";
  private static final String LOCK = "lock";
  private static final List<Set<PosixFilePermission>> PRIVATE =
      List.of(
          PosixFilePermissions.fromString("rwx------"),
          PosixFilePermissions.fromString("rwx-----x"));
  private static final Duration UNUSED = Duration.ofDays(7);

  private final Path root;

  /** The templates below this directory, which is made when it is needed. */
  public TemplateStore(Path root) {
    this.root = root;
  }

  /** Makes a template's files. */
  @FunctionalInterface
  public interface Maker {

    /** Writes the template's files, which do not exist yet. */
    void make(Template template) throws Exception;
  }

  /** The template for this shape, if there is one that can be used. */
  public Optional<Template> find(String shape) throws IOException {
    Path directory = directoryOf(shape);
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    Template template = templateIn(directory);
    Path seal = directory.resolve(SEAL);
    if (isPrivate(directory)
        && Files.isRegularFile(seal, LinkOption.NOFOLLOW_LINKS)
        && template.files().stream()
            .allMatch(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
        && Files.readString(seal).equals(sealOf(template))) {
      Files.setLastModifiedTime(directory, FileTime.from(Instant.now()));
      return Optional.of(template);
    }
    ScratchDirectory.delete(directory);
    return Optional.empty();
  }

  /**
   * The template for this shape, which is made if there is none.
   *
   * <p>One is made at a time on this machine, and only one of a shape: others wait for it.
   */
  public Template findOrMake(String shape, Maker maker) throws Exception {
    try (FileHold _ = FileHold.alone(lock())) {
      Optional<Template> found = find(shape);
      if (found.isPresent()) {
        return found.get();
      }
      Path unfinished = root.resolve(UNFINISHED);
      ScratchDirectory.reap(unfinished);
      dropUnused();
      try (ScratchDirectory made = ScratchDirectory.in(unfinished)) {
        Template template = templateIn(made.path());
        maker.make(template);
        FileOwnership.takeOver(template.scratch(), made.path());
        Files.writeString(made.path().resolve(SEAL), sealOf(template));
        made.moveTo(directoryOf(shape));
      }
      return templateIn(directoryOf(shape));
    }
  }

  private Path lock() throws IOException {
    ScratchDirectory.createPrivate(root);
    Path lock = root.resolve(LOCK);
    try {
      return Files.createFile(lock);
    } catch (FileAlreadyExistsException e) {
      return lock;
    }
  }

  /** Removes a template that proved useless; running clones keep their open files. */
  public void drop(String shape) throws IOException {
    ScratchDirectory.delete(directoryOf(shape));
  }

  private void dropUnused() throws IOException {
    Instant oldest = Instant.now().minus(UNUSED);
    try (DirectoryStream<Path> directories = Files.newDirectoryStream(root)) {
      for (Path directory : directories) {
        if (!directory.endsWith(UNFINISHED)
            && !directory.endsWith(LOCK)
            && Files.getLastModifiedTime(directory).toInstant().isBefore(oldest)) {
          ScratchDirectory.delete(directory);
        }
      }
    }
  }

  private Path directoryOf(String shape) {
    return root.resolve(Digest.of(shape.getBytes(StandardCharsets.UTF_8)).hex());
  }

  private static Template templateIn(Path directory) {
    return new Template(
        directory.resolve(MEMORY), directory.resolve(STATE), directory.resolve(SCRATCH));
  }

  /** Ours alone, except that QEMU's user may reach the one file that it owns. */
  private static boolean isPrivate(Path directory) throws IOException {
    Map<String, Object> attributes = Files.readAttributes(directory, "unix:uid,permissions");
    return PRIVATE.contains(attributes.get("permissions"))
        && attributes.get("uid").equals(Platform.current().uid());
  }

  private static String sealOf(Template template) throws IOException {
    return FileFingerprint.of(template.files());
  }
}
