package dev.peer.cli.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.peer.config.EnvFile;
import dev.peer.core.id.RepoId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ProjectKindTest {

  private static final String MK = "/usr/lib/plan9/bin/mk";

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "pom.xml, MAVEN",
    "build.gradle, GRADLE",
    "build.gradle.kts, GRADLE",
    "settings.gradle, GRADLE",
    "package.json, NPM",
    "Cargo.toml, CARGO",
    "go.mod, GO",
    "pyproject.toml, PYTHON",
    "setup.py, PYTHON",
    "requirements.txt, PYTHON",
    "Makefile, MAKE",
    "GNUmakefile, MAKE"
  })
  void isToldByAFile(String file, ProjectKind kind) {
    assertThat(ProjectKind.of(Set.of("README.md", file))).containsExactly(kind);
  }

  @Test
  void aLanguagesFilesTellMoreThanAMakefile() {
    assertThat(ProjectKind.of(Set.of("Makefile", "go.mod")))
        .containsExactly(ProjectKind.GO, ProjectKind.MAKE);
    assertThat(ProjectKind.of(Set.of("README.md"))).isEmpty();
  }

  @Test
  void isNamedInLowerCase() {
    assertThat(ProjectKind.parse("npm")).isEqualTo(ProjectKind.NPM);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ProjectKind.parse("ant"))
        .withMessageContaining("maven, gradle, npm, cargo, go, python, make");
  }

  @Test
  void makeRunsTheTargetThatTheMakefileHas() {
    assertThat(mkfile(ProjectKind.MAKE, "all:\ntest: all\ncheck:\n")).contains("\tmake test\n");
    assertThat(mkfile(ProjectKind.MAKE, "all:\ncheck: all\n")).contains("\tmake check\n");
    assertThat(mkfile(ProjectKind.MAKE, "test := no target\nall:\n")).contains("\tmake\n");
  }

  @Test
  void copiesOnlyManifestsThatThereAre() {
    ProjectKind.ProjectFiles locked =
        new ProjectKind.ProjectFiles(Set.of("package.json", "package-lock.json"), "");
    ProjectKind.ProjectFiles bare = new ProjectKind.ProjectFiles(Set.of("package.json"), "");

    assertThat(ProjectKind.NPM.mkfile(locked))
        .contains("COPY package.json package-lock.json /opt/dependencies/\n")
        .contains("npm ci");
    assertThat(ProjectKind.NPM.mkfile(bare))
        .contains("COPY package.json /opt/dependencies/\n")
        .contains("npm install");
    assertThat(ProjectKind.PYTHON.mkfile(new ProjectKind.ProjectFiles(Set.of("setup.py"), "")))
        .doesNotContain("COPY", "pip install");
  }

  /** Plan 9's mk reads each, and would run what it should. */
  @ParameterizedTest
  @EnumSource(ProjectKind.class)
  void mkReadsEveryMkfile(ProjectKind kind) throws Exception {
    Files.writeString(directory.resolve("mkfile"), mkfile(kind, "test:\n"));

    Process mk =
        new ProcessBuilder(MK, "-n", "base-image", "test")
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(mk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(mk.waitFor()).as(said).isZero();
    assertThat(said)
        .startsWith("podman build --tag localhost/project --file - . <<-'END'\nFROM localhost/ci-")
        .contains("\nEND\n");
    assertThat(said.lines().toList().getLast()).doesNotContain("END").isNotBlank();
  }

  @Test
  void theEnvFileIsOneThatPeerReads() throws Exception {
    String pinned =
        EnvTemplate.text(
            Optional.of("sha256:" + "1".repeat(64)), Optional.of(new RepoId("github.com/team/x")));
    String bare = EnvTemplate.text(Optional.empty(), Optional.of(new RepoId("h/a$b")));

    assertThat(pinned).contains("\nPEER_IMAGE=sha256:1111", "\nPEER_REPO=github.com/team/x\n");
    assertThat(bare).contains("\n#PEER_IMAGE=", "\n#PEER_REPO=");
    EnvFile.parse(pinned.getBytes(StandardCharsets.UTF_8));
    assertThat(bare.lines()).allMatch(line -> line.isEmpty() || line.startsWith("#"));
  }

  private static String mkfile(ProjectKind kind, String makefile) {
    Set<String> files = new HashSet<>(kind.signs());
    files.addAll(List.of("package-lock.json", "Cargo.lock", "go.sum", "requirements.txt"));
    return kind.mkfile(new ProjectKind.ProjectFiles(files, makefile));
  }
}
