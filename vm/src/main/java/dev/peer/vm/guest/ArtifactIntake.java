package dev.peer.vm.guest;

import dev.peer.core.id.Digest;
import dev.peer.core.id.Printable;
import dev.peer.core.record.Artifact;
import dev.peer.core.record.Content;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.TarReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;

/** Takes the artifacts from the disk that the guest wrote a tar to. The disk is never mounted. */
public final class ArtifactIntake {

  /** All artifacts are named in the attestation, which may have 4 MiB in base64. */
  private static final int LARGEST_LIST = 2 << 20;

  private static final int BYTES_PER_ENTRY = 160;
  private static final int OWNER_MAY_RUN = 0100;

  private ArtifactIntake() {}

  /** Writes the artifacts to their places and lists them by path. */
  public static List<Artifact> take(Path disk, RunFiles files)
      throws IOException, MalformedException {
    List<Artifact> artifacts = new ArrayList<>();
    int listed = 0;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(disk), 1 << 16);
        TarReader tar = new TarReader(in)) {
      for (TarArchiveEntry entry = tar.next(); entry != null; entry = tar.next()) {
        if (entry.isDirectory()) {
          continue;
        }
        listed += BYTES_PER_ENTRY + entry.getName().getBytes(StandardCharsets.UTF_8).length;
        if (listed > LARGEST_LIST) {
          throw new MalformedException(
              "there are too many artifacts to name them all (" + artifacts.size() + " and more)");
        }
        artifacts.add(take(tar, entry, files));
      }
    } catch (IllegalArgumentException e) {
      throw new MalformedException(e.getMessage(), e);
    }
    artifacts.sort(Comparator.comparing(Artifact::path));
    return artifacts;
  }

  private static Artifact take(TarReader tar, TarArchiveEntry entry, RunFiles files)
      throws IOException, MalformedException {
    String path = Artifact.requirePath(entry.getName().replaceFirst("^\\./", ""));
    if (!TarReader.isPlainFile(entry)) {
      throw new MalformedException("the artifact " + Printable.of(path) + " is not a plain file");
    }
    boolean executable = (entry.getMode() & OWNER_MAY_RUN) != 0;
    Path file = files.artifacts().resolve(path);
    Files.createDirectories(file.getParent());
    Content content;
    try (OutputStream out =
            Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        DigestOutputStream hashed = new DigestOutputStream(out, Digest.sha256())) {
      long size = tar.content().transferTo(hashed);
      content = new Content(size, Digest.ofFinished(hashed.getMessageDigest()));
    } catch (FileAlreadyExistsException e) {
      throw new MalformedException("two artifacts have the path " + Printable.of(path), e);
    }
    if (executable) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    return new Artifact(path, executable, content);
  }
}
