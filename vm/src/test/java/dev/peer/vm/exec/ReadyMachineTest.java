package dev.peer.vm.exec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.flow.CacheUse;
import dev.peer.core.id.Architecture;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.network.Reach;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.vm.image.GuestImage;
import dev.peer.vm.image.GuestVersions;
import dev.peer.vm.qemu.Accelerator;
import dev.peer.vm.qemu.Qemu;
import dev.peer.vm.snapshot.CachePolicy;
import dev.peer.vm.snapshot.DiskName;
import dev.peer.vm.snapshot.RepositoryDisks;
import dev.peer.vm.snapshot.TemplateStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadyMachineTest {

  @TempDir private Path directory;

  private final List<String> said = new CopyOnWriteArrayList<>();

  @Test
  void startsNoneBeforeARunSaidWhich() {
    try (ReadyMachine ready = new ReadyMachine(said::add)) {
      ready.prepare();
      ready.drop();
      assertThat(ready.status()).isEqualTo(new ReadyMachine.Status(0, Optional.empty()));
    }
    assertThat(said).isEmpty();
  }

  /** A run of another image does not need them. */
  @Test
  void doesNotFitWhereTheFilesOfItsImageAreGone() throws Exception {
    MachineStarter before = starter("before");
    try (ReadyMachine ready = new ReadyMachine(said::add)) {
      ready.follow(before, blank(), directory.resolve("runs"), directory.resolve("sockets"));
      ready.prepare();
      ScratchDirectory.delete(directory.resolve("before"));

      assertThat(ready.take(starter("after"), Optional.empty())).isEmpty();
    }
  }

  /** Of a run that neither starts from a kept disk nor leaves one. */
  private RunCache blank() throws Exception {
    return RunCache.open(
        new RepositoryDisks(
            directory.resolve("disks"),
            new CachePolicy(Duration.ofDays(1), 1L << 30),
            InstantSource.system(),
            said::add),
        new DiskName(new RepoId("example.org/ready"), Digest.of("image".getBytes(UTF_8)), 1L << 30),
        CacheUse.NONE,
        _ -> {});
  }

  /** Of an image that no machine can boot. */
  private MachineStarter starter(String name) throws Exception {
    GuestImage image =
        new GuestImage(
            Digest.of(name.getBytes(UTF_8)),
            Files.createDirectory(directory.resolve(name)),
            Architecture.AMD64,
            "quiet",
            new GuestVersions("mk", "agent"),
            Set.of());
    for (Path file : List.of(image.kernel(), image.initramfs(), image.root())) {
      Files.createFile(file);
    }
    return new MachineStarter(
        new MachineModel(
            Qemu.find(Architecture.AMD64, System.getenv()),
            Accelerator.TCG,
            image,
            new RunLimits(1, 1L << 30, 1L << 30, Duration.ofMinutes(5), Map.of(), 1L << 20)),
        new GuestNetwork(new Reach.None(), true, OpenWayOut.NONE),
        new TemplateStore(directory.resolve("templates")),
        directory.resolve("sockets"),
        MachineStarter.CLONE_TIME,
        _ -> {});
  }
}
