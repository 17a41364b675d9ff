package dev.peer.e2e;

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
import dev.peer.vm.exec.RuntimeContent;
import dev.peer.vm.qemu.DiskBlocks;
import dev.peer.vm.snapshot.CachePolicy;
import dev.peer.vm.snapshot.DiskHistory;
import dev.peer.vm.snapshot.DiskName;
import dev.peer.vm.snapshot.HeldRuntime;
import dev.peer.vm.snapshot.RepositoryDisks;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** A prepared runtime among a peer's kept disks, signed by that peer and made without a machine. */
final class SignedRuntime {

  private static final long BYTES = 1L << 30;

  private SignedRuntime() {}

  /** Keeps one of a blank disk, for runs with the image of {@link SignedResult}. */
  static void keep(Team team, Peer maker, RepoId repo, CommitId commit) throws Exception {
    Path directory = Files.createTempDirectory(team.root(), "runtime");
    Path disk = directory.resolve("disk");
    ByteBuffer blank = ByteBuffer.allocate(20).put("peer-dsl".getBytes(UTF_8)).putLong(BYTES);
    DiskBlocks.read(new ByteArrayInputStream(blank.array()), disk, BYTES, BYTES);
    Path file = directory.resolve("content");
    Content content = RuntimeContent.write(disk, file);
    PreparedRuntime runtime =
        new PreparedRuntime(
            content,
            new PreparedRuntime.Disk(repo, SignedResult.IMAGE, BYTES),
            new StartedFrom(KeptOrigin.TRUNK, List.of(commit)),
            Instant.now().truncatedTo(ChronoUnit.SECONDS),
            new Preparation(
                PreparationNetwork.none(), Digest.of(new byte[0]), Duration.ofMinutes(4)),
            SharedCaches.NONE);
    new RepositoryDisks(
            maker.home().resolve("vm/disks"),
            new CachePolicy(Duration.ofDays(1), BYTES),
            InstantSource.system(),
            _ -> {})
        .keep(
            new DiskName(repo, SignedResult.IMAGE, BYTES),
            disk,
            DiskHistory.of(runtime),
            new HeldRuntime(
                file,
                content.digest(),
                new RuntimeSigner(SignedResult.credentials(maker), InstantSource.system())
                    .sign(runtime)),
            Optional.empty());
  }
}
