package dev.peer.cli.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.peer.config.EnvFile;
import dev.peer.core.id.RepoId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
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
    "CMakeLists.txt, CMAKE",
    "configure, AUTOTOOLS",
    "configure.ac, AUTOTOOLS",
    "Makefile, MAKE",
    "GNUmakefile, MAKE"
  })
  void isToldByAFile(String file, ProjectKind kind) throws Exception {
    write("README.md", "");
    write(file, "");

    assertThat(ProjectKind.of(ProjectFiles.of(directory))).containsExactly(kind);
  }

  @Test
  void aLanguagesFilesTellMoreThanAMakefile() throws Exception {
    assertThat(ProjectKind.of(ProjectFiles.of(directory))).isEmpty();
    write("Makefile", "");
    write("go.mod", "");
    Files.createDirectory(directory.resolve("configure"));

    assertThat(ProjectKind.of(ProjectFiles.of(directory)))
        .containsExactly(ProjectKind.GO, ProjectKind.MAKE);
  }

  @Test
  void isNamedInLowerCase() {
    assertThat(ProjectKind.parse("npm")).isEqualTo(ProjectKind.NPM);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ProjectKind.parse("ant"))
        .withMessageContaining("maven, gradle, npm, cargo, go, python, cmake, autotools, make");
  }

  /** Plan 9's mk reads each, and would run what it should. */
  @ParameterizedTest
  @EnumSource(ProjectKind.class)
  void mkReadsEveryMkfile(ProjectKind kind) throws Exception {
    for (String sign : kind.signs()) {
      write(sign, "[project]\nrequire\nsetup(\ntest:\n");
    }
    write("mkfile", kind.recipe(ProjectFiles.of(directory)).mkfile());

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

  private void write(String file, String text) throws IOException {
    Files.writeString(directory.resolve(file), text);
  }
}
