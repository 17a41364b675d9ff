package dev.peer.vm.exec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.flow.CacheUse;
import dev.peer.core.flow.ExecutionRequest;
import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.flow.Lineage;
import dev.peer.core.id.Architecture;
import dev.peer.core.id.Digest;
import dev.peer.core.id.LocalRepo;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.TreeId;
import dev.peer.core.key.NetworkMode;
import dev.peer.core.key.RunInputs;
import dev.peer.core.network.Reach;
import dev.peer.core.record.ArtifactSink;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.StartedFrom;
import dev.peer.core.secret.RunSecrets;
import dev.peer.vm.snapshot.CachePolicy;
import dev.peer.vm.snapshot.DiskHistory;
import dev.peer.vm.snapshot.DiskName;
import dev.peer.vm.snapshot.DiskRemoval;
import dev.peer.vm.snapshot.FrozenStore;
import dev.peer.vm.snapshot.RepositoryDisks;
import java.io.DataInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the executor keeps of a repository, with real machines. */
@Timeout(900)
class KeptDiskIT {

  private static final RepoId REPO = new RepoId("example.org/kept");
  private static final long DISK_BYTES = 1L << 30;
  private static final CachePolicy POLICY = new CachePolicy(Duration.ofDays(1), 8L << 30);

  @TempDir static Path home;

  @TempDir Path directory;

  private RepositoryDisks disks;
  private Digest image;
  private int runs;

  @BeforeEach
  void open() throws Exception {
    disks = new RepositoryDisks(vm().resolve("disks"), POLICY, InstantSource.system(), note -> {});
    image = GuestImages.store().newest().orElseThrow();
    disks.drop(REPO, "another test");
  }

  @Test
  @Tag("long")
  void beginsWithWhatTheLastPassingRunPreparedAndNothingElse() throws Exception {
    String first = passes(preparing("one"), Use.KEPT, new Transcript());
    Instant begun = disks.list().getFirst().history().begun();

    String failing = preparing("x").replace("test:VQ:\n", "test:VQ:\n\tfalse\n");
    FrozenStore frozen = new FrozenStore(vm().resolve("frozen"));
    Transcript transcript = new Transcript();
    ExecutionResult failed =
        run(
            failing + cacheRule("of-failing"),
            Use.KEPT,
            new FailureAction.Freeze(frozen),
            transcript);
    assertThat(failed).isEqualTo(new ExecutionResult.Failed("test", 1));
    assertThat(frozen.list()).as(transcript.text()).hasSize(1);
    assertNeedsNoOtherFile(frozen.list().getFirst().scratch());

    String grown = passes(preparing("three") + cacheRule("more"), Use.KEPT, new Transcript());
    assertThat(grown).isEqualTo(first.replace("stamp\n", "more\nstamp\n"));
    assertThat(passes(preparing("four"), Use.KEPT, new Transcript())).isEqualTo(grown);
    assertThat(disks.list())
        .extracting(disk -> disk.name().repo(), disk -> disk.history().begun())
        .containsExactly(org.assertj.core.groups.Tuple.tuple(REPO, begun));

    assertThat(passes(preparing("five"), Use.NONE, new Transcript()).lines().toList())
        .hasSize(3)
        .doesNotContainAnyElementsOf(first.lines().limit(2).toList());
    assertThat(passes(preparing("six"), Use.RENEWED, new Transcript()).lines().toList())
        .hasSize(3)
        .doesNotContainAnyElementsOf(first.lines().limit(2).toList());
    assertThat(disks.list()).hasSize(1);
    assertThat(disks.list().getFirst().history().begun()).isAfter(begun);
    assertThat(disks.removals()).extracting(DiskRemoval::repo).containsExactly(REPO);
  }

  @Test
  void runsFromABlankDiskWhenNoMachineComesUpWithTheOneThatWasKept() throws Exception {
    Path noDisk = directory.resolve("no-disk");
    Files.writeString(noDisk, "not a disk of QEMU's");
    Files.createDirectories(repository());
    Files.writeString(repository().resolve("mkfile"), "first");
    GitFiles.commit(repository());
    disks.keep(
        new DiskName(REPO, image, DISK_BYTES),
        noDisk,
        new DiskHistory(
            new StartedFrom(KeptOrigin.TRUNK, List.of(Lineages.ofHead(repository()).revision())),
            Instant.now()),
        Optional.empty());
    Transcript transcript = new Transcript();

    passes("test:V:\n\ttrue\n", Use.KEPT, transcript);

    assertThat(String.join("\n", transcript.notes))
        .containsPattern("(?s)came up from its template, booting instead: .*came up with it")
        .as("the template is not at fault, and stays")
        .doesNotContainPattern("(?s)came up from its template, booting instead: .*make a template");
    assertThat(disks.list()).isEmpty();
  }

  private enum Use {
    KEPT,
    RENEWED,
    NONE;

    CacheUse of(Lineage lineage) {
      return switch (this) {
        case KEPT -> new CacheUse.Kept(lineage);
        case RENEWED -> new CacheUse.Renewed(lineage);
        case NONE -> CacheUse.NONE;
      };
    }
  }

  /** Prints the stamps of container image and cache, and the cache's names; then adds one. */
  private static String preparing(String name) {
    return """
    CONTAINERIMAGE=localhost/stamped
    base-image:VQ:
    \tcat >Containerfile <<'END'
    \tFROM localhost/ci-base
    \tRUN cat /proc/sys/kernel/random/uuid >/stamp
    \tEND
    \tpodman build --quiet --tag $CONTAINERIMAGE .
    test:VQ:
    \tcat /stamp /var/run/ci/cache/stamp
    \tls /var/run/ci/cache
    \techo NAME >/var/run/ci/cache/left-by-test
    """
            .replace("NAME", name)
        + cacheRule("stamp");
  }

  private static String cacheRule(String name) {
    return "/var/run/ci/cache/" + name + ":Q:\n\tcat /proc/sys/kernel/random/uuid >$target\n";
  }

  private String passes(String mkfile, Use caches, Transcript transcript) throws Exception {
    ExecutionResult result = run(mkfile, caches, new FailureAction.End(), transcript);
    assertThat(result).as(transcript.text()).isInstanceOf(ExecutionResult.Passed.class);
    return transcript.stdout.toString(UTF_8);
  }

  /** QEMU's layer format has the place of the name of the file below in these bytes. */
  private static void assertNeedsNoOtherFile(Path layer) throws Exception {
    try (DataInputStream in = new DataInputStream(Files.newInputStream(layer))) {
      in.skipNBytes(8);
      assertThat(in.readLong()).isZero();
    }
  }

  private ExecutionResult run(
      String mkfile, Use caches, FailureAction onFailure, Transcript transcript) throws Exception {
    Path repository = Files.createDirectories(repository());
    Files.writeString(repository.resolve("mkfile"), mkfile);
    RunInputs inputs =
        new RunInputs(
            REPO,
            new TreeId(GitFiles.commit(repository)),
            Optional.empty(),
            "test",
            List.of(),
            new TreeMap<>(),
            image,
            Architecture.AMD64,
            NetworkMode.NONE);
    runs++;
    RunFiles files = new RunFiles(Files.createDirectory(directory.resolve("result" + runs)));
    VmExecutor executor =
        new VmExecutor(
            new VmHost(GuestImages.store(), vm(), home.resolve("s"), System.getenv()),
            new RunLimits(1, 512L << 20, DISK_BYTES, Duration.ofMinutes(5), Map.of(), 1L << 20),
            new Reach.Open(),
            POLICY);
    executor.setOnFailure(onFailure);
    return executor.execute(
        new ExecutionRequest(
            inputs,
            new LocalRepo(inputs.repo()),
            (_, root) -> GitFiles.write(repository, root),
            files,
            ArtifactSink.NONE,
            caches.of(Lineages.ofHead(repository)),
            RunSecrets.NONE),
        transcript);
  }

  private Path repository() {
    return directory.resolve("repo");
  }

  private static Path vm() {
    return home.resolve("vm");
  }
}
