package dev.peer.vm.exec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.flow.CacheUse;
import dev.peer.core.flow.ExecutionRequest;
import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.flow.ExecutionResult.TimedOut.Scope;
import dev.peer.core.flow.ExecutorException;
import dev.peer.core.id.Architecture;
import dev.peer.core.id.LocalRepo;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.TreeId;
import dev.peer.core.key.NetworkMode;
import dev.peer.core.key.RunInputs;
import dev.peer.core.network.Reach;
import dev.peer.core.record.Artifact;
import dev.peer.core.record.ArtifactSink;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.RunRecord;
import dev.peer.core.secret.RunSecrets;
import dev.peer.vm.snapshot.CachePolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The executor with a real machine and a real container. */
@Timeout(900)
class VmExecutorIT {

  /** One home for all, so that its template is made once. */
  @TempDir static Path home;

  @TempDir Path directory;

  private static final CachePolicy CACHES = new CachePolicy(Duration.ofDays(1), 8L << 30);

  private final Transcript transcript = new Transcript();
  private RunFiles files;

  @BeforeEach
  void makeDirectories() throws IOException {
    files = new RunFiles(Files.createDirectory(directory.resolve("result")));
  }

  @Test
  void runsTheStagesInOrderAndKeepsOutputAndArtifacts() throws Exception {
    String mkfile =
        """
        prepare-runtime:V:
        \t{ id -un; git log --format=%an%n%s; git status --porcelain; } > prepared
        \tpodman image inspect --format 'inspected {{.Id}}' localhost/ci-base
        test:VQ:
        \tprintf 'out\\0\\377put\\n'
        \techo complaint >&2
        \tcat prepared
        \techo report > report.txt
        /var/run/ci/artifacts/reports/report.txt:
        \tmkdir -p `dirname $target` && cp report.txt $target
        post-test:V:
        \techo after
        """;

    ExecutionResult result = run(mkfile, "test", Map.of("GREETING", "hello"));

    assertThat(result).as(transcript.text()).isInstanceOf(ExecutionResult.Passed.class);
    RunRecord record = ((ExecutionResult.Passed) result).record();
    assertThat(transcript.stages)
        .containsExactly("boot", "checkout", "prepare", "test", "artifacts", "post-test");
    assertThat(transcript.stdout.toByteArray())
        .startsWith('o', 'u', 't', 0, 0xff, 'p', 'u', 't', '\n');
    assertThat(transcript.stdout.toString(UTF_8)).endsWith("root\nTester\nall\n?? prepared\n");
    assertThat(transcript.stderr.toString(UTF_8)).isEqualTo("complaint\n");
    assertThat(Files.readAllBytes(files.output(OutputStreamName.STDOUT)))
        .isEqualTo(transcript.stdout.toByteArray());
    assertThat(Files.readAllBytes(files.output(OutputStreamName.STDERR)))
        .isEqualTo(transcript.stderr.toByteArray());
    assertThat(files.list(record.artifacts()))
        .extracting(Artifact::path)
        .containsExactly("reports/report.txt");
    assertThat(files.artifacts().resolve("reports/report.txt")).hasContent("report\n");
    assertThat(record.containerImage()).isEqualTo("localhost/ci-base");
    assertThat(record.containerImageId()).matches("[0-9a-f]{64}");
    assertThat(transcript.other.toString(UTF_8)).contains("inspected " + record.containerImageId());
    assertThat(transcript.other.toString(UTF_8)).contains("after");
  }

  @Test
  void movesToTheArtifactsWithoutCopying() throws Exception {
    Files.createDirectories(directory.resolve("repo/pages"));
    Files.writeString(directory.resolve("repo/pages/index"), "of the revision");
    String mkfile =
        """
        test:V:
        \tmkdir site && echo made >site/page
        /var/run/ci/artifacts/site:Q:
        \tbefore=`stat -c %d:%i site/page`
        \tmv site $target
        \tif [ "$before" = "`stat -c %d:%i $target/page`" ]; then echo the same file; fi
        /var/run/ci/artifacts/pages:Q:
        \tmv pages $target
        \tgit status --porcelain
        """;

    ExecutionResult result = run(mkfile, "test", Map.of());

    assertThat(result).as(transcript.text()).isInstanceOf(ExecutionResult.Passed.class);
    assertThat(transcript.other.toString(UTF_8)).contains("the same file\n", " D pages/index\n");
    assertThat(files.artifacts().resolve("site/page")).hasContent("made\n");
    assertThat(files.artifacts().resolve("pages/index")).hasContent("of the revision");
  }

  @Test
  void givesTheTestItsVariablesAndNoNetwork() throws Exception {
    String mkfile =
        """
        test:VQ:
        \techo "$GREETING"
        \tls /sys/class/net
        """;

    ExecutionResult result = run(mkfile, "test", Map.of("GREETING", "a b'c\"d\u00e4"));

    assertThat(result).as(transcript.text()).isInstanceOf(ExecutionResult.Passed.class);
    assertThat(transcript.stdout.toString(UTF_8)).isEqualTo("a b'c\"d\u00e4\nlo\n");
  }

  @Test
  void aPreparationWithoutNetworkHasItsLinkDownAndItsConsoleFillsNoDisk() throws Exception {
    String mkfile =
        """
        prepare-runtime:VQ:
        \techo carrier `cat /sys/class/net/eth0/carrier`
        \thead -c 100000 /dev/zero | tr '\\0' '\\n' >/dev/ttyS0
        test:VQ:
        \ttrue
        """;
    List<Path> grown = new ArrayList<>();
    transcript.onStage =
        stage -> {
          if (stage.equals("test")) {
            grown.addAll(filesThatGrew());
          }
        };

    ExecutionResult result =
        execute(
            executor(limits(Duration.ofMinutes(5)), new Reach.None()), mkfile, "test", Map.of());

    assertThat(result).as(transcript.text()).isInstanceOf(ExecutionResult.Passed.class);
    assertThat(transcript.other.toString(UTF_8)).contains("carrier 0\n");
    assertThat(grown).isEmpty();
  }

  /** What has more than 64 KiB below the directories of runs, the disks aside. */
  private static List<Path> filesThatGrew() {
    List<String> disks = List.of("input", "output", "scratch", "scratch-next");
    try (var files = Files.walk(home.resolve("vm/runs"))) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !disks.contains(file.getFileName().toString()))
          .filter(file -> file.toFile().length() > 1 << 16)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void saysThatTheTestsFailed() throws Exception {
    ExecutionResult result = run("test:V:\n\techo broken; exit 3\n", "test", Map.of());

    assertThat(result).isEqualTo(new ExecutionResult.Failed("test", 1));
    assertThat(transcript.stages).doesNotContain("artifacts", "post-test");
  }

  @Test
  void refusesATargetWithoutARuleAlthoughThereIsADirectoryOfThatName() throws Exception {
    Files.createDirectories(directory.resolve("repo/test"));
    Files.writeString(directory.resolve("repo/test/file"), "a directory named as the target");

    ExecutionResult result = run("build:V:\n\techo build\n", "test", Map.of());

    assertThat(result).isInstanceOf(ExecutionResult.Refused.class);
    assertThat(((ExecutionResult.Refused) result).message())
        .contains("the mkfile has no rule for test");
    assertThat(transcript.stages).containsExactly("boot", "checkout", "prepare");
  }

  @Test
  void namesTheContainerImageThatIsMissing() throws Exception {
    ExecutionResult result =
        run(
            "CONTAINERIMAGE=localhost/nowhere\ntest:V:\n\ttrue\nbase-image:V:\n\ttrue\n",
            "test",
            Map.of());

    assertThat(result).isInstanceOf(ExecutionResult.Refused.class);
    assertThat(((ExecutionResult.Refused) result).message()).contains("localhost/nowhere");
  }

  @Test
  void endsTheMachineWhenTheTimeIsOverEvenOneThatIsPaused() throws Exception {
    transcript.onStage = stage -> pauseMachines();
    Duration limit = Duration.ofSeconds(20);

    ExecutionResult result = execute(executor(limit), "test:VQ:\n\tsleep 1000\n", "test", Map.of());

    // In whichever stage that is: how far it gets by then, the host decides.
    assertThat(result)
        .isInstanceOfSatisfying(
            ExecutionResult.TimedOut.class,
            timedOut -> {
              assertThat(timedOut.scope()).isEqualTo(Scope.RUN);
              assertThat(timedOut.limit()).isEqualTo(limit);
            });
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void endsAStageWhoseTimeIsOverAndCutsAnOutputWithoutEnd() throws Exception {
    RunLimits limits = small(Duration.ofMinutes(5), Map.of("test", Duration.ofSeconds(30)), 4_096);
    String mkfile =
        """
        test:VQ:
        \tnproc; cat /proc/meminfo | grep MemTotal; df -P -k /tmp | tail -n 1
        \tyes a line without end | head -n 100000
        \tsleep 1000
        """;

    ExecutionResult result = execute(executor(limits), mkfile, "test", Map.of());

    assertThat(result).isInstanceOf(ExecutionResult.TimedOut.class);
    ExecutionResult.TimedOut timedOut = (ExecutionResult.TimedOut) result;
    assertThat(timedOut.scope()).isEqualTo(Scope.STAGE);
    assertThat(timedOut.stage()).isEqualTo("test");
    assertThat(timedOut.lastLines()).hasSizeGreaterThan(10).contains("a line without end");
    List<String> lines = transcript.stdout.toString(UTF_8).lines().toList();
    assertThat(lines.getFirst()).isEqualTo("1");
    assertThat(Long.parseLong(lines.get(1).replaceAll("\\D", ""))).isBetween(400_000L, 524_288L);
    assertThat(Long.parseLong(lines.get(2).split(" +")[1])).isBetween(900_000L, 1L << 20);
    assertThat(lines.getLast()).contains("PEER_MAX_OUTPUT");
    assertThat(transcript.stdout.size()).isBetween(4_096, 4_300);
  }

  @Test
  void saysThatTheDiskWasFullAlthoughTheContainerThatFilledItIsGone() {
    RunLimits limits = limits(Duration.ofMinutes(5));
    String mkfile = "test:VQ:\n\tfallocate -l 900M /filler; cat /dev/zero > /more\n";

    assertThat(
            org.assertj.core.api.Assertions.catchThrowableOfType(
                ExecutorException.class, () -> execute(executor(limits), mkfile, "test", Map.of())))
        .hasMessageContaining("the guest's disk is full in the stage test")
        .extracting(ExecutorException::hint)
        .asString()
        .contains("PEER_DISK (now 1G)");
  }

  @Test
  @Tag("long")
  void bootsWhenAWholeTemplateDoesNotAnswer() throws Exception {
    run("test:V:\n\ttrue\n", "test", Map.of());
    for (Path template : templates()) {
      // Where nothing ever comes, so that the agent waits.
      replaceInMemory(template, "/dev/hwrng", "/dev/ttyS0");
    }
    transcript.notes.clear();
    VmExecutor impatient =
        new VmExecutor(
            new VmHost(GuestImages.store(), home.resolve("vm"), home.resolve("s"), System.getenv()),
            limits(Duration.ofMinutes(5)),
            new Reach.Open(),
            CACHES,
            Duration.ofSeconds(5));

    ExecutionResult result =
        execute(
            impatient,
            GitFiles.tree(repository()),
            "test",
            Map.of(),
            new RunFiles(Files.createDirectory(directory.resolve("again"))),
            transcript);

    assertThat(result).as(transcript.text()).isInstanceOf(ExecutionResult.Passed.class);
    assertThat(transcript.notes)
        .contains(
            "no machine came up from its template, booting instead:"
                + " it did not answer within 5 s");
    assertThat(templates()).isEmpty();
  }

  @Test
  void leavesNothingBehindWhenItIsInterrupted() throws Exception {
    CountDownLatch testing = new CountDownLatch(1);
    transcript.onStage =
        stage -> {
          if (stage.equals("test")) {
            testing.countDown();
          }
        };
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread runner =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    run("test:V:\n\tsleep 1000\n", "test", Map.of());
                  } catch (Throwable e) {
                    thrown.set(e);
                  } finally {
                    testing.countDown();
                  }
                });
    testing.await();

    runner.interrupt();
    runner.join();

    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void givesTwoClonesAtOnceEachItsOwnIdentityAndTheTime() throws Exception {
    String mkfile =
        """
        test:VQ:
        \ttrue
        prepare-runtime:VQ:
        \techo id $(cat /etc/machine-id) $(od -An -N16 -tx1 /dev/urandom | tr -d ' ') $(date +%s)
        """;
    run("test:V:\n\ttrue\n", "test", Map.of());
    commit(mkfile);
    long from = System.nanoTime();
    Instant before = Instant.now();
    Transcript first = new Transcript();
    Transcript second = new Transcript();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread other =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    executeCommitted(directory.resolve("other"), second);
                  } catch (Throwable e) {
                    thrown.set(e);
                  }
                });
    executeCommitted(directory.resolve("one"), first);
    other.join();

    assertThat(thrown.get()).isNull();
    String[] one = identity(first);
    String[] two = identity(second);
    assertThat(one[1]).matches("[0-9a-f]{32}").isNotEqualTo(two[1]);
    assertThat(one[2]).matches("[0-9a-f]{32}").isNotEqualTo(two[2]);
    // Somebody may set the host's clock meanwhile: right by the old time, or by the new one.
    Instant after = Instant.now();
    Duration taken = Duration.ofNanos(System.nanoTime() - from);
    assertThat(Stream.of(one, two).map(words -> Instant.ofEpochSecond(Long.parseLong(words[3]))))
        .allMatch(
            time ->
                within(time, before, before.plus(taken)) || within(time, after.minus(taken), after),
            "the host's time, %s to %s".formatted(before, after));
    assertThat(first.notes).noneMatch(note -> note.contains("template"));
  }

  /** {@code TemplateStoreTest} shows for each kind of damage that the template is dropped. */
  @Test
  @Tag("long")
  void makesADamagedTemplateAnew() throws Exception {
    run("test:V:\n\ttrue\n", "test", Map.of());
    for (Path template : templates()) {
      Path state = template.resolve("state");
      Files.write(state, Arrays.copyOf(Files.readAllBytes(state), 1000));
    }
    transcript.notes.clear();

    ExecutionResult result = executeCommitted(directory.resolve("again"), transcript);

    assertThat(result).as(transcript.text()).isInstanceOf(ExecutionResult.Passed.class);
    assertThat(transcript.notes).anyMatch(note -> note.contains("make a template"));
  }

  @Test
  void saysWhenQemuIsMissing() {
    VmExecutor executor =
        new VmExecutor(
            new VmHost(
                GuestImages.store(),
                home.resolve("vm"),
                home.resolve("s"),
                Map.of("PATH", "/nonexistent")),
            limits(Duration.ofMinutes(5)),
            new Reach.Open(),
            CACHES);

    assertThat(
            org.assertj.core.api.Assertions.catchThrowableOfType(
                ExecutorException.class,
                () -> execute(executor, "test:V:\n\ttrue\n", "test", Map.of())))
        .hasMessageContaining("qemu-system-x86_64 is not in PATH")
        .extracting(ExecutorException::hint)
        .asString()
        .contains("apt-get install qemu-system-x86");
  }

  private ExecutionResult run(String mkfile, String target, Map<String, String> environment)
      throws Exception {
    return execute(executor(Duration.ofMinutes(5)), mkfile, target, environment);
  }

  private ExecutionResult execute(
      VmExecutor executor, String mkfile, String target, Map<String, String> environment)
      throws Exception {
    String tree = commit(mkfile);
    return execute(executor, tree, target, environment, files, transcript);
  }

  private ExecutionResult executeCommitted(Path into, Transcript follower) throws Exception {
    return execute(
        executor(Duration.ofMinutes(5)),
        GitFiles.tree(repository()),
        "test",
        Map.of(),
        new RunFiles(Files.createDirectory(into)),
        follower);
  }

  private ExecutionResult execute(
      VmExecutor executor,
      String tree,
      String target,
      Map<String, String> environment,
      RunFiles into,
      Transcript follower)
      throws Exception {
    RunInputs inputs =
        new RunInputs(
            new RepoId("example.org/executor"),
            new TreeId(tree),
            Optional.empty(),
            target,
            List.of(),
            new TreeMap<>(environment),
            GuestImages.store().newest().orElseThrow(),
            Architecture.AMD64,
            NetworkMode.NONE);
    return executor.execute(
        new ExecutionRequest(
            inputs,
            new LocalRepo(inputs.repo()),
            (_, root) -> GitFiles.write(repository(), root),
            into,
            ArtifactSink.NONE,
            new CacheUse.Kept(Lineages.ofHead(repository())),
            RunSecrets.NONE),
        follower);
  }

  private Path repository() {
    return directory.resolve("repo");
  }

  private String commit(String mkfile) throws Exception {
    Files.createDirectories(repository());
    Files.writeString(repository().resolve("mkfile"), mkfile);
    return GitFiles.commit(repository());
  }

  /** A guest's clock counts whole seconds from when it was told the time. */
  private static boolean within(Instant time, Instant from, Instant to) {
    return time.isAfter(from.minusSeconds(5)) && time.isBefore(to.plusSeconds(5));
  }

  private static String[] identity(Transcript transcript) {
    return transcript
        .other
        .toString(UTF_8)
        .lines()
        .filter(line -> line.startsWith("id "))
        .findFirst()
        .orElseThrow()
        .split(" ");
  }

  /** Those of this class: other classes' machines have the same parent. */
  private static void pauseMachines() {
    ProcessHandle.current()
        .descendants()
        .filter(process -> process.info().command().orElse("").contains("qemu-system"))
        .filter(VmExecutorIT::worksBelowHome)
        .forEach(
            process -> {
              try {
                new ProcessBuilder("kill", "-STOP", String.valueOf(process.pid()))
                    .start()
                    .waitFor();
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
  }

  private static boolean worksBelowHome(ProcessHandle process) {
    try {
      Path directory = Path.of("/proc", String.valueOf(process.pid()), "cwd").toRealPath();
      return directory.startsWith(home.toRealPath());
    } catch (NoSuchFileException e) {
      // It has just ended.
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> templates() throws IOException {
    try (var templates = Files.list(home.resolve("vm/templates"))) {
      return templates
          .filter(Files::isDirectory)
          .filter(path -> !path.endsWith("unfinished"))
          .toList();
    }
  }

  /** Changes a text wherever the frozen guest has it, and seals the template again. */
  private static void replaceInMemory(Path template, String from, String to) throws IOException {
    Path memory = template.resolve("memory");
    byte[] wanted = from.getBytes(UTF_8);
    try (FileChannel channel =
        FileChannel.open(memory, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size() - 1);
      for (int at = 0; at < bytes.limit() - wanted.length; at++) {
        if (bytes.get(at) == wanted[0]
            && bytes.slice(at, wanted.length).equals(ByteBuffer.wrap(wanted))) {
          channel.write(ByteBuffer.wrap(to.getBytes(UTF_8)), at);
        }
      }
    }
    StringBuilder seal = new StringBuilder();
    for (Path file : List.of(memory, template.resolve("state"), template.resolve("scratch"))) {
      for (String name : List.of("size", "ino", "uid", "lastModifiedTime", "ctime")) {
        seal.append(name + " " + Files.getAttribute(file, "unix:" + name) + "\n");
      }
    }
    Files.writeString(template.resolve("seal"), seal);
  }

  private VmExecutor executor(Duration timeout) {
    return executor(limits(timeout));
  }

  private VmExecutor executor(RunLimits limits) {
    return executor(limits, new Reach.Open());
  }

  private VmExecutor executor(RunLimits limits, Reach reach) {
    return new VmExecutor(
        new VmHost(GuestImages.store(), home.resolve("vm"), home.resolve("s"), System.getenv()),
        limits,
        reach,
        CACHES);
  }

  private static RunLimits limits(Duration timeout) {
    return small(timeout, Map.of(), 1L << 20);
  }

  /** A small machine, and the same for all: so there is one template, which is soon made. */
  private static RunLimits small(Duration timeout, Map<String, Duration> stages, long mostOutput) {
    return new RunLimits(1, 512L << 20, 1L << 30, timeout, stages, mostOutput);
  }

  private List<Path> leftovers() throws IOException {
    List<Path> left = new ArrayList<>();
    for (String name : List.of("vm/runs", "vm/templates/unfinished", "s")) {
      try (var children = Files.list(home.resolve(name))) {
        children.forEach(left::add);
      }
    }
    return left;
  }
}
