package dev.peer.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.stream.Collectors;
import java.util.zip.DeflaterOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;

/** Writes a {@link GuestSource} as the tar that {@link GitRepository#writeTar} describes. */
final class GuestTar {

  private static final String BRANCH = "refs/heads/main";

  private static final String CONFIG =
      """
      [core]
      \trepositoryformatversion = 0
      \tfilemode = true
      \tbare = false
      """;

  private static final int DIRECTORY = 0755;
  private static final int FILE = 0644;
  private static final int READ_ONLY = 0444;

  private final Path scratch;
  private final TarArchiveOutputStream tar;

  GuestTar(Path scratch, OutputStream out) {
    this.scratch = scratch;
    this.tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    tar.setAddPaxHeadersForNonAsciiNames(true);
  }

  void write(GuestSource source) throws IOException, SourceException {
    String submodules =
        source.parts().stream()
            .skip(1)
            .map(part -> part.path() + "\n")
            .collect(Collectors.joining());
    directory(".peer");
    file(".peer/submodules", submodules);
    for (GuestSource.Part part : source.parts()) {
      repository(part);
    }
    tar.finish();
  }

  private void repository(GuestSource.Part part) throws IOException, SourceException {
    GuestSource.OneCommit commit = part.commit();
    String top = part.path().isEmpty() ? ".git" : part.path() + "/.git";
    directory(top);
    file(top + "/HEAD", "ref: " + BRANCH + "\n");
    file(top + "/config", CONFIG);
    directory(top + "/refs");
    directory(top + "/refs/heads");
    directory(top + "/refs/tags");
    file(top + "/" + BRANCH, commit.id().name() + "\n");
    if (commit.cut()) {
      file(top + "/shallow", commit.id().name() + "\n");
    }
    directory(top + "/objects");
    directory(top + "/objects/info");
    directory(top + "/objects/pack");
    String objects = top + "/objects/";
    loose(objects, commit.id(), "commit", commit.bytes());
    if (commit.tree().equals(Constants.EMPTY_TREE_ID)) {
      // git knows the empty tree without storing it, so it may be nowhere to be read from.
      loose(objects, commit.tree(), "tree", new byte[0]);
    } else {
      pack(objects + "pack/pack-", part);
    }
  }

  private void loose(String objects, ObjectId id, String type, byte[] content) throws IOException {
    ByteArrayOutputStream object = new ByteArrayOutputStream();
    try (OutputStream deflated = new DeflaterOutputStream(object)) {
      deflated.write((type + " " + content.length + "\0").getBytes(StandardCharsets.US_ASCII));
      deflated.write(content);
    }
    String directory = objects + id.name().substring(0, 2);
    directory(directory);
    file(directory + "/" + id.name().substring(2), READ_ONLY, object.toByteArray());
  }

  private void pack(String prefix, GuestSource.Part part) throws IOException, SourceException {
    try (TreePack pack = TreePack.write(part.git(), part.commit().tree(), scratch)) {
      file(prefix + pack.name() + ".pack", pack.pack());
      file(prefix + pack.name() + ".idx", pack.index());
    } catch (MissingObjectException e) {
      throw GitRepository.missing(part.git().getConfig(), e.getObjectId(), e);
    }
  }

  private void directory(String name) throws IOException {
    start(name + "/", DIRECTORY, 0);
    tar.closeArchiveEntry();
  }

  private void file(String name, String content) throws IOException {
    file(name, FILE, content.getBytes(StandardCharsets.UTF_8));
  }

  private void file(String name, int mode, byte[] content) throws IOException {
    start(name, mode, content.length);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private void file(String name, Path content) throws IOException {
    start(name, READ_ONLY, Files.size(content));
    Files.copy(content, tar);
    tar.closeArchiveEntry();
  }

  private void start(String name, int mode, long size) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setMode(mode);
    entry.setSize(size);
    entry.setIds(0, 0);
    // The library would put this machine's user and clock there.
    entry.setUserName("");
    entry.setGroupName("");
    entry.setLastModifiedTime(FileTime.from(GuestSource.EPOCH));
    tar.putArchiveEntry(entry);
  }
}
