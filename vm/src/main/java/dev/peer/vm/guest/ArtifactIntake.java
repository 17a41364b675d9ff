package dev.peer.vm.guest;

import dev.peer.core.id.Digest;
import dev.peer.core.id.Printable;
import dev.peer.core.record.Artifact;
import dev.peer.core.record.ArtifactSink;
import dev.peer.core.record.Artifacts;
import dev.peer.core.record.Content;
import dev.peer.core.record.FileMode;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.TarReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;

/**
 * Takes the artifacts from the disk that the guest wrote a tar to. The disk is never mounted, and
 * no link of it is ever made here.
 */
public final class ArtifactIntake {

  /** What a decoder puts in place of bytes that are no UTF-8. */
  private static final char REPLACEMENT = '\uFFFD';

  private static final int MOST_LEFT_OUT = 100_000;
  private static final int LONGEST_KEPT = 2_048;

  private static final int BUFFER = 1 << 16;

  private final RunFiles files;
  private final ArtifactSink sink;
  private final byte[] buffer = new byte[BUFFER];
  private final List<Artifact> artifacts = new ArrayList<>();
  private final List<Artifact.Directory> directories = new ArrayList<>();
  private final List<LeftOut> leftOut = new ArrayList<>();
  private final List<String> changes = new ArrayList<>();

  private ArtifactIntake(RunFiles files, ArtifactSink sink) {
    this.files = files;
    this.sink = sink;
  }

  /**
   * Something that no artifact can be.
   *
   * @param path as the guest has it
   * @param why in words that go on from its name
   */
  public record LeftOut(String path, String why) {

    @Override
    public String toString() {
      return "the artifact " + Printable.of(path) + " is left out: it " + why;
    }
  }

  /**
   * What was on the disk.
   *
   * @param listed all that is kept, by path
   * @param leftOut what is not among them
   * @param changes what is among them and has lost something, a line each
   */
  public record Contents(Artifacts.Listed listed, List<LeftOut> leftOut, List<String> changes) {

    /** Copies the lists. */
    public Contents {
      leftOut = List.copyOf(leftOut);
      changes = List.copyOf(changes);
    }

    /** All that is kept, by path. */
    public List<Artifact> artifacts() {
      return listed.list();
    }
  }

  /**
   * Writes the files among the artifacts to their places, and lists all.
   *
   * @param sink takes their content at the same time
   * @throws MalformedException if the guest's own tar cannot have written it
   */
  public static Contents take(Path disk, RunFiles files, ArtifactSink sink)
      throws IOException, MalformedException {
    ArtifactIntake intake = new ArtifactIntake(files, sink);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(disk), BUFFER);
        TarReader tar = new TarReader(in)) {
      for (TarArchiveEntry entry = tar.next(); entry != null; entry = tar.next()) {
        intake.take(tar, entry);
      }
      intake.addDirectories();
      intake.artifacts.sort(Comparator.comparing(Artifact::path));
      return new Contents(new Artifacts.Listed(intake.artifacts), intake.leftOut, intake.changes);
    } catch (IllegalArgumentException e) {
      throw new MalformedException(e.getMessage(), e);
    }
  }

  private void take(TarReader tar, TarArchiveEntry entry) throws IOException, MalformedException {
    String path = pathOf(entry);
    if (path.isEmpty()) {
      return;
    }
    Optional<String> fault = nameFault(path);
    if (fault.isEmpty()) {
      Artifact.requirePath(path);
      fault = kindFault(entry, path);
    }
    if (fault.isEmpty() && artifacts.size() + directories.size() >= Artifacts.MOST) {
      fault = Optional.of("is one of more than " + Artifacts.MOST);
    }
    if (fault.isPresent()) {
      leaveOut(path, fault.get());
    } else if (entry.isSymbolicLink()) {
      artifacts.add(new Artifact.Link(path, entry.getLinkName()));
    } else if (entry.isDirectory()) {
      directories.add(new Artifact.Directory(path, mode(entry, path)));
    } else {
      FileMode mode = mode(entry, path);
      artifacts.add(
          new Artifact.File(path, mode, copy(tar.content(), path, mode, entry.getSize())));
    }
  }

  private void leaveOut(String path, String why) throws MalformedException {
    if (leftOut.size() == MOST_LEFT_OUT) {
      throw new MalformedException(
          "more than " + MOST_LEFT_OUT + " names among the artifacts are none that can be kept");
    }
    leftOut.add(
        new LeftOut(path.length() > LONGEST_KEPT ? path.substring(0, LONGEST_KEPT) : path, why));
  }

  /** Adds those that no artifact below them implies as they are. */
  private void addDirectories() {
    Set<String> implied = new HashSet<>();
    for (Artifact artifact : artifacts) {
      addParents(artifact.path(), implied);
    }
    for (Artifact.Directory directory : directories) {
      addParents(directory.path(), implied);
    }
    for (Artifact.Directory directory : directories) {
      if (!implied.contains(directory.path()) || !directory.mode().equals(FileMode.DIRECTORY)) {
        artifacts.add(directory);
      }
    }
  }

  private static void addParents(String path, Set<String> parents) {
    for (int at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      if (!parents.add(path.substring(0, at))) {
        return;
      }
    }
  }

  /** The path without what tar adds to it; empty for the directory of all. */
  private static String pathOf(TarArchiveEntry entry) {
    String name = entry.getName().replaceFirst("^\\./", "");
    return entry.isDirectory() ? name.replaceFirst("/$", "") : name;
  }

  private static Optional<String> nameFault(String path) {
    return path.indexOf(REPLACEMENT) >= 0
        ? Optional.of("has bytes in its name that are no UTF-8")
        : Artifact.fault(path).map(what -> "has " + what + " in its name");
  }

  private static Optional<String> kindFault(TarArchiveEntry entry, String path)
      throws MalformedException {
    if (entry.isSymbolicLink()) {
      return entry.getLinkName().indexOf(REPLACEMENT) >= 0
          ? Optional.of("leads to a path with bytes that are no UTF-8")
          : Artifact.Link.fault(path, entry.getLinkName());
    }
    if (entry.isFIFO()) {
      return Optional.of("is a fifo");
    }
    if (entry.isCharacterDevice() || entry.isBlockDevice()) {
      return Optional.of("is a device");
    }
    if (!entry.isDirectory() && !TarReader.isPlainFile(entry)) {
      throw new MalformedException("the artifact " + Printable.of(path) + " is not a plain file");
    }
    return Optional.empty();
  }

  private FileMode mode(TarArchiveEntry entry, String path) {
    String special = FileMode.special(entry.getMode());
    if (!special.isEmpty()) {
      changes.add("the artifact " + Printable.of(path) + " is kept without " + special);
    }
    return FileMode.of(entry.getMode());
  }

  private Content copy(InputStream content, String path, FileMode mode, long size)
      throws IOException, MalformedException {
    Path file = files.artifacts().resolve(path);
    try {
      Files.createDirectories(file.getParent());
      try (OutputStream out =
              Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
          OutputStream taken = sink.begin(path, mode, size)) {
        MessageDigest sha256 = Digest.sha256();
        for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
          taken.write(buffer, 0, n);
          sha256.update(buffer, 0, n);
          out.write(buffer, 0, n);
        }
        return new Content(size, Digest.ofFinished(sha256));
      }
    } catch (FileAlreadyExistsException e) {
      throw new MalformedException("two artifacts have the path " + Printable.of(path), e);
    }
  }
}
