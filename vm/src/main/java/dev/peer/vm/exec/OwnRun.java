package dev.peer.vm.exec;

import dev.peer.core.flow.CacheUse;
import dev.peer.core.flow.ExecutionRequest;
import dev.peer.core.flow.GuestDirectory;
import dev.peer.core.flow.HistoryPosition;
import dev.peer.core.flow.Lineage;
import dev.peer.core.id.Architecture;
import dev.peer.core.id.CommitId;
import dev.peer.core.id.LocalRepo;
import dev.peer.core.id.TreeId;
import dev.peer.core.key.NetworkMode;
import dev.peer.core.key.RunInputs;
import dev.peer.core.record.ArtifactSink;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.RunFiles;
import dev.peer.core.secret.RunSecrets;
import dev.peer.vm.snapshot.DiskName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** A preparation that is not a repository's: its revision is a mkfile of ours and what it reads. */
final class OwnRun {

  private static final String TARGET = "prepare-runtime";
  private static final TreeId NO_TREE = new TreeId("0".repeat(40));

  private OwnRun() {}

  /** Writes what the mkfile reads. */
  @FunctionalInterface
  interface Files {

    void write(Directory tree) throws IOException;
  }

  /**
   * The preparation, which starts from the disk that its commit made, if there is one.
   *
   * @param name of the disks that it starts from and leaves
   * @param commit what stands for its revision
   * @param mkfile the resource with the mkfile
   * @param files what that reads
   * @param scratch an empty directory
   */
  static ExecutionRequest of(
      DiskName name, CommitId commit, String mkfile, Files files, Path scratch) {
    return new ExecutionRequest(
        new RunInputs(
            name.repo(),
            NO_TREE,
            Optional.empty(),
            TARGET,
            List.of(),
            new TreeMap<>(),
            name.image(),
            Architecture.AMD64,
            NetworkMode.NONE),
        new LocalRepo(name.repo()),
        (_, root) -> write(root, mkfile, files),
        new RunFiles(scratch),
        ArtifactSink.NONE,
        new CacheUse.Kept(lineage(commit)),
        RunSecrets.NONE);
  }

  /** A history of this commit alone, which the trunk has. */
  static Lineage lineage(CommitId commit) {
    return new Lineage(commit, KeptOrigin.TRUNK, OwnRun::position);
  }

  private static HistoryPosition position(CommitId revision, Set<CommitId> asked) {
    Optional<CommitId> there = Optional.of(revision).filter(asked::contains);
    return new HistoryPosition(true, Optional.of(revision), there, there, "");
  }

  private static void write(GuestDirectory root, String mkfile, Files files) throws IOException {
    Instant now = Instant.now();
    Directory tree = new Directory(root.directory(bytes("tree"), now), now);
    try (InputStream text = OwnRun.class.getResourceAsStream(mkfile)) {
      tree.file("mkfile", text.readAllBytes());
    }
    files.write(tree);
    new Directory(root, now).file("submodules", new byte[0]);
  }

  /** A directory whose files are all of one time. */
  record Directory(GuestDirectory directory, Instant now) {

    void file(String name, byte[] content) throws IOException {
      directory.file(bytes(name), GuestDirectory.Mode.PLAIN, now, out -> out.write(content));
    }

    void directory(String name) throws IOException {
      directory.directory(bytes(name), now);
    }
  }

  private static byte[] bytes(String name) {
    return name.getBytes(StandardCharsets.US_ASCII);
  }
}
