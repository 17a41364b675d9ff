package dev.peer.cli.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code peer init} writes for each kind, by what the repository has. */
class RecipeTest {

  @TempDir private Path directory;

  /** The repository would be mounted over what the image fetched. */
  @ParameterizedTest
  @EnumSource(ProjectKind.class)
  void noImageMovesTheWorkingDirectory(ProjectKind kind) throws Exception {
    assertThat(recipe(kind).image()).noneMatch(line -> line.startsWith("WORKDIR"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "test:",
        "all: x\ntest: all\n",
        "all test: x",
        "test tests:",
        "test::",
        ".PHONY: a\ntest :x"
      })
  void makeRunsTheMakefilesTest(String makefile) throws Exception {
    write("Makefile", makefile);

    assertThat(recipe(ProjectKind.MAKE).test()).containsExactly("make test");
    assertThat(recipe(ProjectKind.MAKE).remark()).isEmpty();
  }

  @Test
  void makeRunsCheckWhereThereIsNoTest() throws Exception {
    write("Makefile", "test-data: x\nall:\ncheck: all\n");

    assertThat(recipe(ProjectKind.MAKE).test()).containsExactly("make check");
  }

  @Test
  void makeReadsTheFileThatMakeReads() throws Exception {
    write("Makefile", "check:\n");
    write("GNUmakefile", "tests:\n");

    assertThat(recipe(ProjectKind.MAKE).test()).containsExactly("make tests");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "test := no target\nall:\n",
        "test ::= x\n",
        "all: test\n",
        "\ttest: x\n",
        "#test:",
        ""
      })
  void aMakefileWithoutTestsIsRemarkedUpon(String makefile) throws Exception {
    write("Makefile", makefile);

    assertThat(recipe(ProjectKind.MAKE).test()).containsExactly("make");
    assertThat(recipe(ProjectKind.MAKE).remark())
        .contains("no target test or check", "only builds");
  }

  private static Stream<Arguments> makefilesWithTools() {
    return Stream.of(
        arguments("test:\n\t@python ./check.py\n", "python-is-python3 python3"),
        arguments("test:\n\tPYTHONPATH=. A=b python3 -m check\n", "python3"),
        arguments("CC := clang\ntest:\n\t./t", "clang"),
        arguments("VALGRIND ?= valgrind -q\ntest:\n\t$(VALGRIND) ./t", "valgrind"),
        arguments("FLAGS = $(shell pkg-config --libs z)\ntest:\n", "pkg-config"),
        arguments("test: t\n\tfor f in *; do perl check $$f || exit 1; done", "perl"),
        arguments("test:\n\tcat out | jq . && (cd x; xxd y)", "jq xxd"));
  }

  @ParameterizedTest
  @MethodSource("makefilesWithTools")
  void makeGetsTheToolsThatTheMakefileCalls(String makefile, String packages) throws Exception {
    write("Makefile", makefile);

    assertThat(recipe(ProjectKind.MAKE).mkfile())
        .contains("--no-install-recommends gcc g++ libc6-dev make " + packages + " \\");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "# python is needed\ntest:\n\t./t",
        "test: python\n\t./t",
        "test:\n\techo python\n\t./python\n\tmy-python; python.sh; $(python)/bin",
        "PYTHON_DIR = /opt/python\ntest:\n"
      })
  void makeGetsNoToolThatTheMakefileDoesNotCall(String makefile) throws Exception {
    write("Makefile", makefile);

    assertThat(recipe(ProjectKind.MAKE).mkfile())
        .contains("--no-install-recommends gcc g++ libc6-dev make \\");
  }

  @Test
  void cmakeFailsIfItFindsNoTests() throws Exception {
    assertThat(recipe(ProjectKind.CMAKE).test().getLast())
        .startsWith("ctest ")
        .contains("--no-tests=error");
  }

  @Test
  void autotoolsMakeConfigureOnlyWhereTheRepositoryHasNone() throws Exception {
    write("configure.ac", "");
    Recipe bare = recipe(ProjectKind.AUTOTOOLS);
    write("configure", "");
    Recipe made = recipe(ProjectKind.AUTOTOOLS);

    assertThat(bare.test())
        .containsExactly("autoreconf --force --install", "./configure", "make", "make check");
    assertThat(bare.mkfile()).contains(" automake ");
    assertThat(made.test()).containsExactly("./configure", "make", "make check");
    assertThat(made.mkfile()).doesNotContain("automake");
  }

  @Test
  void npmInstallsWhatIsLockedAndRunsNoScriptOfTheProject() throws Exception {
    write("package.json", "{}");
    assertThat(recipe(ProjectKind.NPM).image())
        .contains(
            "COPY package.json /opt/dependencies/",
            "RUN cd /opt/dependencies && npm install --ignore-scripts --no-audit && npm rebuild");

    write("package-lock.json", "{}");
    write(".npmrc", "");
    assertThat(recipe(ProjectKind.NPM).image())
        .contains(
            "COPY package.json package-lock.json .npmrc /opt/dependencies/",
            "RUN cd /opt/dependencies && npm ci --ignore-scripts --no-audit && npm rebuild");
  }

  @Test
  void mavenBuildsTheModulesWithAClassToTestEach() throws Exception {
    write("pom.xml", "<modules><module>core</module><module> net </module></modules>");
    write("core/pom.xml", "<modules><module>deep</module><module>../../out</module></modules>");
    write("core/deep/pom.xml", "<modules><module>..</module></modules>");
    write("net/pom.xml", "");
    write(".mvn/maven.config", "");
    write("no-module/pom.xml", "");
    write("no-module/src/conf/checks.xml", "");
    write("src/site/resources/profile.jacoco", "");
    write("core/src/conf/checks.xml", "");

    Recipe recipe = recipe(ProjectKind.MAVEN);

    assertThat(recipe.image().stream().filter(line -> line.startsWith("COPY")))
        .containsExactly(
            "COPY .mvn /opt/dependencies/modules/.mvn/",
            "COPY *.xml /opt/dependencies/modules/",
            "COPY core/pom.xml /opt/dependencies/modules/core/",
            "COPY net/pom.xml /opt/dependencies/modules/net/",
            "COPY core/deep/pom.xml /opt/dependencies/modules/core/deep/",
            "COPY src/site /opt/dependencies/modules/src/site/",
            "COPY core/src/conf /opt/dependencies/modules/core/src/conf/");
    assertThat(recipe.mkfile()).contains("/test/java/empty/EmptyTest.java");
    assertThat(recipe.test().getLast())
        .contains("-Dmaven.repo.local=/opt/dependencies/m2 --offline");
  }

  @Test
  void goFetchesWhatGoModRequiresUnlessItIsVendored() throws Exception {
    write("go.mod", "module example.org/m\n\ngo 1.18\n");
    assertThat(recipe(ProjectKind.GO).mkfile()).doesNotContain("mod download", "COPY", "backports");

    write("go.mod", "module example.org/m\n\ngo 1.18\n\nrequire (\n\texample.org/n v1.0.0\n)\n");
    write("go.sum", "");
    assertThat(recipe(ProjectKind.GO).image())
        .contains(
            "COPY go.mod go.sum /opt/dependencies/", "RUN cd /opt/dependencies && go mod download");

    write("vendor/modules.txt", "");
    assertThat(recipe(ProjectKind.GO).mkfile()).doesNotContain("mod download", "COPY");
  }

  @ParameterizedTest
  @ValueSource(strings = {"go 1.20", "go 1.21.0", "go 1.25rc1"})
  void aNewerGoThanDebiansComesFromItsBackports(String version) throws Exception {
    write("go.mod", "module example.org/m\n" + version + "\n");

    assertThat(recipe(ProjectKind.GO).mkfile())
        .contains("--target-release bookworm-backports ca-certificates gcc git golang-go ");
  }

  @Test
  void pythonInstallsThePackageThatItTests() throws Exception {
    write("requirements.txt", "");
    assertThat(recipe(ProjectKind.PYTHON).test())
        .containsExactly("/opt/dependencies/venv/bin/python -m pytest");

    write("setup.py", "from setuptools import setup\n\nsetup(ext_modules=[])\n");
    assertThat(recipe(ProjectKind.PYTHON).test().getFirst())
        .startsWith("/opt/dependencies/venv/bin/pip install ")
        .contains(" --no-index --no-deps --no-build-isolation --editable .");
    assertThat(recipe(ProjectKind.PYTHON).mkfile()).contains(" gcc ", " python3-dev ");
  }

  @Test
  void pythonFetchesWhatTheProjectNames() throws Exception {
    write("setup.cfg", "[metadata]\nname = x\n");
    assertThat(recipe(ProjectKind.PYTHON).mkfile()).doesNotContain("COPY", "gcc");

    write("setup.cfg", "[metadata]\nname = x\n[options]\ninstall_requires =\n  attrs\n");
    write("pyproject.toml", "[build-system]\nrequires = ['setuptools']\n");
    write("requirements.txt", "");
    write("requirements-dev.txt", "");
    assertThat(copied(recipe(ProjectKind.PYTHON)))
        .containsExactly(
            "COPY pyproject.toml /opt/dependencies/",
            "COPY setup.cfg /opt/dependencies/",
            "COPY requirements.txt /opt/dependencies/",
            "COPY requirements-dev.txt /opt/dependencies/");

    write("setup.cfg", "[flake8]\n");
    write("pyproject.toml", "[tool.black]\n");
    assertThat(copied(recipe(ProjectKind.PYTHON)))
        .containsExactly(
            "COPY requirements.txt /opt/dependencies/",
            "COPY requirements-dev.txt /opt/dependencies/");
  }

  @ParameterizedTest
  @CsvSource({
    "NPM, package.json, '{\"workspaces\": [\"a\"]}', names workspaces",
    "NPM, yarn.lock, '', does not read yarn.lock",
    "NPM, pnpm-lock.yaml, '', does not read pnpm-lock.yaml",
    "PYTHON, pyproject.toml, [tool.poetry.dependencies], does not read the dependencies in"
        + " [tool.poetry]"
  })
  void whatTheMkfileLeavesOutIsRemarkedUpon(
      ProjectKind kind, String file, String text, String remark) throws Exception {
    assertThat(recipe(kind).remark()).isEmpty();
    write(file, text);

    assertThat(recipe(kind).remark()).contains(remark);
  }

  private static List<String> copied(Recipe recipe) {
    return recipe.image().stream().filter(line -> line.startsWith("COPY")).toList();
  }

  private Recipe recipe(ProjectKind kind) throws IOException {
    return kind.recipe(ProjectFiles.of(directory));
  }

  private void write(String file, String text) throws IOException {
    Path path = directory.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
