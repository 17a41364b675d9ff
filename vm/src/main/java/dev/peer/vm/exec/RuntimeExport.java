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
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.SharedCaches;
import dev.peer.core.secret.RunSecrets;
import dev.peer.vm.snapshot.DiskHistory;
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

/**
 * The run that makes a copy of a kept disk for other machines. Its revision is a mkfile of ours,
 * whose preparation removes what must not leave this machine.
 */
final class RuntimeExport {

  private static final String MKFILE = "export.mk";
  private static final String TARGET = "prepare-runtime";
  private static final TreeId NO_TREE = new TreeId("0".repeat(40));

  private RuntimeExport() {}

  /**
   * The run.
   *
   * @param history of the disk, which the trunk made
   * @param scratch an empty directory
   */
  static ExecutionRequest of(DiskName name, DiskHistory history, Path scratch) {
    CommitId last = history.made().commits().getLast();
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
        (_, root) -> write(root, history.sharedCaches()),
        new RunFiles(scratch),
        new CacheUse.Kept(
            new Lineage(last, KeptOrigin.TRUNK, (revision, asked) -> standing(revision, asked))),
        RunSecrets.NONE);
  }

  /** The disk's own last commit, and so the disk itself, if it is still there. */
  private static HistoryPosition standing(CommitId revision, Set<CommitId> asked) {
    Optional<CommitId> there = Optional.of(revision).filter(asked::contains);
    return new HistoryPosition(true, Optional.of(revision), there, there, "");
  }

  private static void write(GuestDirectory root, SharedCaches caches) throws IOException {
    Instant now = Instant.now();
    GuestDirectory tree = root.directory(bytes("tree"), now);
    tree.file(
        bytes("mkfile"),
        GuestDirectory.Mode.PLAIN,
        now,
        out -> {
          try (InputStream mkfile = RuntimeExport.class.getResourceAsStream(MKFILE)) {
            mkfile.transferTo(out);
          }
        });
    tree.file(
        bytes("shared-caches"),
        GuestDirectory.Mode.PLAIN,
        now,
        out -> out.write(bytes(caches.lines())));
    root.file(bytes("submodules"), GuestDirectory.Mode.PLAIN, now, _ -> {});
  }

  private static byte[] bytes(String name) {
    return name.getBytes(StandardCharsets.US_ASCII);
  }
}
