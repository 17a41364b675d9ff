package dev.peer.vm.exec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.secret.RunSecrets;
import dev.peer.vm.exec.ContainerImage.Tree;
import dev.peer.vm.guest.StageResult;
import dev.peer.vm.guest.StageResult.Exited;
import dev.peer.vm.guest.StageResult.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Container images of every kind, in one machine: {@code base-image} takes them out of two archives
 * in the repository, and the run's variable {@code KIND} says which one the tests run in.
 */
@Timeout(400)
class ContainerImagesIT {

  private static final String MKFILE =
      """
      # The guest makes one container for a machine; the one before this is taken away.
      base-image:VQ:
      \tumount /run/peer/container/root 2>/dev/null || true
      \trm -rf /run/peer/container /run/peer/scratch/fresh/container/*
      \ttest ! -e docker.tar || podman load --quiet --input docker.tar
      \ttest ! -e docker.tar || podman load --quiet --input oci.tar
      \ttest ! -e docker.tar || podman build --quiet --tag localhost/built .
      \trm -f docker.tar oci.tar
      /var/run/ci/env/CONTAINERIMAGE:VQ: base-image
      \techo $KIND >$target
      where:VQ:
      \techo "$GREETING from `pwd`"
      user:VQ:
      \techo "`id -u`:`id -g` `id -G` $HOME"
      \techo mine >>Containerfile
      files:VQ:
      \techo `ls /files` `cat /files/*`
      odd:VQ:
      \techo `id -u`:`id -g` $LINES
      \techo kept >>/data/file
      \tcat /data/file
      \tstat -c '%u:%g %a' /foreign /data
      package:VQ:
      \tupdate-alternatives --quiet --install /usr/bin/x x /bin/true 1 \
      --slave /usr/share/man/man1/x.1 x.1 /etc/debian_version
      \treadlink /usr/share/man/man1/x.1
      bare:VQ:
      \techo made of $A
      fails:VQ:
      \tif [ -e /nowhere ]; then true; fi; false
      """;

  @TempDir private Path directory;
  private final Transcript transcript = new Transcript();
  private StartedMachine machine;
  private StageRunner stages;
  private ContainerImage plain;
  private String ociDigest;

  @BeforeEach
  void startMachine() throws Exception {
    Path repository = Files.createDirectory(directory.resolve("repo"));
    Files.writeString(repository.resolve("mkfile"), MKFILE);
    Files.writeString(
        repository.resolve("Containerfile"),
        "FROM localhost/ci-base\nENV GREETING=hello\nWORKDIR /somewhere\n");
    Files.createSymbolicLink(repository.resolve("dangling"), Path.of("/nowhere"));
    writeImages(repository);
    GitFiles.commit(repository);
    machine = Machines.boot(directory, repository, limits(), transcript);
    stages =
        new StageRunner(
            machine, limits(), new CurrentStage(), RunClock.start(), transcript, RunSecrets.NONE);
    assertThat(stages.run("checkout", List.of())).isEqualTo(new Exited(0, Map.of()));
  }

  @AfterEach
  void endMachine() throws Exception {
    machine.close();
  }

  @Test
  @Tag("long")
  void testsRunInImagesOfEveryKindOrItIsSaidWhatIsMissing() throws Exception {
    assertThat(said("localhost/built", "where")).isEqualTo("hello from /somewhere\n");
    assertThat(said("localhost/built", "package")).isEqualTo("/etc/alternatives/x.1\n");
    assertThat(said("localhost/plain:1.0", "where")).isEqualTo("hi from /work\n");
    assertThat(said(plain.id(), "where")).isEqualTo("hi from /work\n");
    assertThat(said("localhost/oci@" + ociDigest, "where")).isEqualTo("hey from /a b\n");
    assertThat(said("localhost/layers", "files")).isEqualTo("1 above\n");
    assertThat(said("localhost/number", "user")).isEqualTo("1234:0 0 /\n");
    assertThat(said("localhost/odd", "odd"))
        .isEqualTo("1000:50 one two\nfirst\nkept\n70000:80000 4755\n1000:50 755\n");
    assertThat(said("localhost/bare", "bare")).isEqualTo("made of one file\n");
    assertThat(said("localhost/nothing", "bare")).isEqualTo("made of nothing\n");
    assertThat(transcript.notes).isEmpty();

    assertThat(test("localhost/bare", "fails")).isInstanceOf(Exited.class);
    assertThat(transcript.notes).singleElement().asString().contains("has no sh");
    assertThat(test("localhost/stranger", "where"))
        .isEqualTo(
            new Refused(
                "container",
                "the container image has not the user or group that it names: 'stranger'",
                Map.of()));
    assertThat(test("localhost/broken", "where"))
        .isInstanceOfSatisfying(Exited.class, end -> assertThat(end.exitCode()).isNotZero());
    assertThat(transcript.notes)
        .last()
        .asString()
        .contains("has no /lib64/ld-linux-x86-64.so.2, which its /bin/sh needs");
    stages.setVariables(Map.of("KIND", "localhost/missing"));
    assertThat(stages.run("prepare", List.of("where")))
        .isInstanceOfSatisfying(
            Refused.class,
            end ->
                assertThat(end.message())
                    .contains("there is no container image 'localhost/missing'"));
  }

  /** What the target prints, which passes, in the container image. */
  private String said(String image, String target) throws Exception {
    assertThat(test(image, target)).as(transcript.text()).isEqualTo(new Exited(0, Map.of()));
    return transcript.stdout.toString(UTF_8);
  }

  private StageResult test(String image, String target) throws Exception {
    stages.setVariables(Map.of("KIND", image));
    assertThat(stages.run("prepare", List.of(target)))
        .as(transcript.text())
        .isInstanceOfSatisfying(
            Exited.class,
            end -> {
              assertThat(end.exitCode()).as(transcript.text()).isZero();
              assertThat(end.info()).containsEntry("container-image", image);
            });
    transcript.stdout.reset();
    return stages.run("test", List.of("none", target), transcript);
  }

  private void writeImages(Path repository) throws IOException {
    byte[] shell = shell();
    plain = image("plain:1.0", List.of(shell), Map.of("Env", List.of("GREETING=hi")));
    byte[] two = new Tree().file("files/1", 0644, "below").file("files/2", 0644, "gone").tar();
    byte[] three = new Tree().file("files/.wh.2", 0644, "").file("files/1", 0644, "above\n").tar();
    byte[] odd =
        new Tree()
            .directory("etc")
            .directory("users")
            .link("etc/passwd", "/users/passwd")
            .link("etc/group", "../users/group")
            .file("users/passwd", 0644, "ann:x:1000:1000::/home/ann:/bin/false\n")
            .file("users/group", 0644, "staff:x:50:\n")
            .owned("data/", 0755, 1000, 50, new byte[0])
            .owned("data/file", 0644, 1000, 50, "first\n".getBytes(UTF_8))
            .owned("foreign", 04755, 70000, 80000, "x".getBytes(UTF_8))
            .tar();
    ContainerImage.writeDockerArchive(
        repository.resolve("docker.tar"),
        List.of(
            plain,
            image("layers:latest", List.of(shell, two, three), Map.of("WorkingDir", "/work")),
            image("number:latest", List.of(shell), Map.of("User", "1234")),
            image("stranger:latest", List.of(shell), Map.of("User", "stranger")),
            image(
                "odd:latest",
                List.of(shell, odd),
                Map.of(
                    "User",
                    "ann:staff",
                    "Env",
                    List.of("LINES=one\ntwo", "LD_PRELOAD=/lib/none.so", "LD_LIBRARY_PATH=/lib"),
                    "Entrypoint",
                    List.of("/bin/false"),
                    "Cmd",
                    List.of("no"),
                    "Shell",
                    List.of("/bin/false", "-c"),
                    "Healthcheck",
                    Map.of("Test", List.of("CMD", "/bin/false")),
                    "Volumes",
                    Map.of("/data", Map.of()))),
            image(
                "bare:latest",
                List.of(new Tree().file("file", 0644, "x").tar()),
                Map.of("Env", List.of("A=one file"))),
            image("nothing:latest", List.of(), Map.of("Env", List.of("A=nothing"))),
            image(
                "broken:latest",
                List.of(
                    new Tree().file("bin/sh", 0755, Files.readAllBytes(Path.of("/bin/sh"))).tar()),
                Map.of())));
    ociDigest =
        image(
                "oci:latest",
                List.of(shell),
                Map.of("Env", List.of("GREETING=hey"), "WorkingDir", "/a b"))
            .writeOciArchive(repository.resolve("oci.tar"));
  }

  private static ContainerImage image(String name, List<byte[]> layers, Map<String, ?> config) {
    return new ContainerImage("localhost/" + name, layers, config);
  }

  /** A layer with nothing but a shell: no /etc, no /tmp. */
  private static byte[] shell() throws IOException {
    Path busybox =
        Stream.of("/bin/busybox", "/usr/bin/busybox")
            .map(Path::of)
            .filter(Files::exists)
            .findFirst()
            .orElseThrow();
    Tree tree = new Tree().directory("bin").file("bin/busybox", 0755, Files.readAllBytes(busybox));
    for (String name : List.of("sh", "cat", "id", "ls", "stat")) {
      tree.link("bin/" + name, "/bin/busybox");
    }
    return tree.tar();
  }

  private static RunLimits limits() {
    return new RunLimits(2, 512L << 20, 1L << 30, Duration.ofMinutes(5), Map.of(), 1 << 20);
  }
}
