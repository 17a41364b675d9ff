package dev.peer.network;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.record.Content;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.Preparation;
import dev.peer.core.record.PreparationNetwork;
import dev.peer.core.record.PreparedRuntime;
import dev.peer.core.record.SharedCaches;
import dev.peer.core.record.StartedFrom;
import dev.peer.core.sign.RuntimeSigner;
import dev.peer.core.trust.Credentials;
import dev.peer.vm.exec.RuntimeContent;
import dev.peer.vm.qemu.DiskBlocks;
import dev.peer.vm.snapshot.CachePolicy;
import dev.peer.vm.snapshot.DiskHistory;
import dev.peer.vm.snapshot.DiskName;
import dev.peer.vm.snapshot.HeldRuntime;
import dev.peer.vm.snapshot.RepositoryDisks;
import dev.peer.vm.snapshot.ServedRuntimes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A machine's kept disks, and the runtimes that are served of them.
 *
 * @param root the directory of the disks
 * @param maker signs the runtimes
 */
public record RuntimeHome(Path root, Credentials maker) {

  /** The guest image of all of them. */
  public static final Digest IMAGE = Digest.of("image".getBytes(UTF_8));

  /** For as much as there is. */
  public static final CachePolicy ROOM = new CachePolicy(Duration.ofDays(36500), 1L << 40);

  private static final int CLUSTER = 1 << 16;
  private static final int BLOCKS = CLUSTER / 4096;
  private static final long BYTES = 1L << 30;
  private static final Instant BEGUN = Instant.parse("2026-01-01T00:00:00Z");

  /** The disks that a repository's runtimes make. */
  public static PreparedRuntime.Disk disk(RepoId repo) {
    return new PreparedRuntime.Disk(repo, IMAGE, BYTES);
  }

  public ServedRuntimes served() {
    return new ServedRuntimes(root);
  }

  public RepositoryDisks disks() {
    return disks(Optional.empty(), ROOM);
  }

  /** Disks for runs and copies. */
  public RepositoryDisks disks(Optional<RuntimeSource> judge, CachePolicy policy) {
    return new RepositoryDisks(
        root, policy, InstantSource.system(), _ -> {}, judge.map(source -> source));
  }

  /**
   * Keeps a disk of these clusters, and beside it its runtime.
   *
   * @param commit one digit, of which the commit's name is made
   */
  public HeldRuntime keep(RepoId repo, Map<Integer, byte[]> clusters, int commit)
      throws IOException {
    Path scratch = Files.createTempDirectory("runtime");
    Path disk = scratch.resolve("disk");
    DiskBlocks.read(new ByteArrayInputStream(form(clusters)), disk, BYTES, BYTES / 2);
    Path file = scratch.resolve("content");
    Content content = RuntimeContent.write(disk, file);
    PreparedRuntime runtime =
        new PreparedRuntime(
            content,
            disk(repo),
            new StartedFrom(
                KeptOrigin.TRUNK, List.of(new CommitId(Integer.toString(commit).repeat(40)))),
            BEGUN,
            new Preparation(
                PreparationNetwork.none(), Digest.of(new byte[0]), Duration.ofMinutes(4)),
            SharedCaches.NONE);
    disks()
        .keep(
            new DiskName(repo, IMAGE, BYTES),
            disk,
            DiskHistory.of(runtime),
            new HeldRuntime(
                file,
                content.digest(),
                new RuntimeSigner(maker, InstantSource.system()).sign(runtime)),
            Optional.empty());
    Files.delete(scratch);
    return served().of(new ServedRuntimes.Name(repo, IMAGE)).getFirst();
  }

  /** Fills clusters with bytes that can be compressed a little. */
  public static void fill(Map<Integer, byte[]> clusters, int first, int count) {
    Random random = new Random(31L * first + count);
    for (int i = first; i < first + count; i++) {
      byte[] bytes = new byte[CLUSTER];
      random.nextBytes(bytes);
      for (int at = 0; at < CLUSTER / 2; at++) {
        bytes[at] = (byte) ('0' + (bytes[at] & 0xf));
      }
      clusters.put(i, bytes);
    }
  }

  /** The form of a disk, each cluster a run of its own. */
  private static byte[] form(Map<Integer, byte[]> clusters) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write("peer-dsl".getBytes(UTF_8));
    out.writeLong(BYTES);
    out.writeInt(clusters.size());
    for (int cluster : clusters.keySet()) {
      out.writeInt(cluster * BLOCKS);
      out.writeInt(BLOCKS);
    }
    for (byte[] cluster : clusters.values()) {
      out.write(cluster);
    }
    return bytes.toByteArray();
  }
}
