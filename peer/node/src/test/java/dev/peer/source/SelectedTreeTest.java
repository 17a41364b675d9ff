package dev.peer.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.peer.core.key.CheckoutMode;
import dev.peer.core.path.PathSelection;
import dev.peer.core.path.TargetPaths;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a selection leaves of a tree, beside what git itself selects. */
class SelectedTreeTest {

  private static final List<String> FILES =
      List.of(
          "mkfile",
          "README.md",
          "a",
          "a.b",
          "ab/b.c",
          "docs/guide.md",
          "docs/deep/er/page.html",
          "Docs2/Guide.MD",
          "src/main.c",
          "src/main.h",
          "src/lib/util.c",
          "src/lib/deep/x1.c",
          "src/lib/deep/[odd]*name?",
          "src-old/main.c",
          "tools/run.sh",
          "tools/with blank",
          "ünï/日本.txt");

  @TempDir Path temp;

  private Git git;

  @BeforeEach
  void repository() throws IOException {
    git = Git.init(temp.resolve("work"));
    for (String file : FILES) {
      git.write(file, file + "\n");
    }
    git.commitAll("all");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "src",
        "src/",
        "./src//lib/.",
        "src/../tools",
        "*.c",
        "*.md docs",
        "src/*.c",
        ":(glob)src/*.c",
        ":(glob)src/**/*.c",
        ":(glob)**/main.c",
        ":(glob)**/deep/**",
        ":(glob)*",
        ":(glob)*/main.?",
        "*",
        "*a*i*c",
        ":!docs",
        ":^docs :!*.md",
        ":(exclude)docs",
        "src :!src/lib",
        "src :!:src/lib/util.c",
        ":/src :(top)tools",
        ":/!docs",
        ":(icase)DOCS2 :(icase)readme.MD",
        ":(icase,glob)**/*.md",
        ":(icase)*.[g-m]D",
        ":(literal)src/lib/deep/[odd]*name?",
        "src/lib/deep/\\[odd]*",
        "src/lib/deep/[[]*",
        "src/[!m]*",
        "src/[^m]*",
        "src/main.[ch]",
        "src/main.[b-d]",
        "*x[[:digit:]].c",
        "*[[:upper:]]ocs2*",
        "*[[:space:]]*",
        "tools/with?blank",
        "*日本*",
        "??*",
        "a?b*",
        "s*c",
        "src/lib/deep/x1.c :!src/lib",
        "docs/deep/*/page.html",
        ".",
      })
  void selectsTheTreeThatGitSelects(String pathspecs) throws Exception {
    String[] words = pathspecs.split(" ");
    List<String> command = new ArrayList<>(List.of("ls-files", "-z", "--error-unmatch", "--"));
    command.addAll(List.of(words));
    List<String> wanted =
        Stream.concat(
                Stream.of("mkfile"), Stream.of(git.run(command.toArray(String[]::new)).split("\0")))
            .filter(path -> !path.isEmpty())
            .distinct()
            .sorted()
            .toList();

    try (GitRepository repository = GitRepository.open(git.directory())) {
      SelectedRevision selected = select(repository, pathspecs);
      Git guest = guest(repository, selected.revision());
      assertThat(List.of(guest.run("ls-files", "-z").split("\0")).stream().sorted())
          .isEqualTo(wanted);
      assertThat(selected.selected()).isEqualTo(wanted.size());
      assertThat(selected.files()).isEqualTo(FILES.size());
      assertThat(selected.revision().tree().hex()).isEqualTo(treeOf(wanted));
    }
  }

  /** The id that git gives to a tree of these files. */
  private String treeOf(List<String> files) {
    git.run("read-tree", "--empty");
    for (String file : files) {
      git.run("add", "--", ":(literal)" + file);
    }
    return git.run("write-tree");
  }

  @Test
  void theGuestHoldsNothingOfWhatIsLeftOut() throws Exception {
    git.write("docs/secret", "s3cret\n").commitAll("secret");
    git.run("gc", "-q");
    try (GitRepository repository = GitRepository.open(git.directory())) {
      Git guest = guest(repository, select(repository, ":!docs :!*.md").revision());
      assertThat(guest.directory().resolve("docs")).doesNotExist();
      List<String> allowed =
          guest.run("ls-tree", "-rt", "HEAD").lines().map(l -> l.split("[ \t]")[2]).toList();
      assertThat(
              guest
                  .run(
                      "cat-file",
                      "--batch-all-objects",
                      "--batch-check=%(objectname) %(objecttype)")
                  .lines()
                  .filter(line -> !line.endsWith(" commit"))
                  .map(line -> line.split(" ")[0])
                  .filter(id -> !id.equals(guest.run("rev-parse", "HEAD^{tree}"))))
          .isSubsetOf(allowed);
    }
  }

  @Test
  void aChangeOfWhatIsLeftOutLeavesTheTree() throws Exception {
    try (GitRepository repository = GitRepository.open(git.directory())) {
      Revision before = select(repository, ":!docs").revision();
      git.write("docs/guide.md", "another text\n").write("docs/new", "new\n").commitAll("docs");
      Revision after = select(repository, ":!docs").revision();
      assertThat(after.tree()).isEqualTo(before.tree());
      assertThat(after.commit()).isNotEqualTo(before.commit());
      git.write("src/main.c", "another\n").commitAll("code");
      assertThat(select(repository, ":!docs").revision().tree()).isNotEqualTo(before.tree());
    }
  }

  @Test
  void whatSelectsAllIsTheTreeItself() throws Exception {
    try (GitRepository repository = GitRepository.open(git.directory())) {
      assertThat(select(repository, "*").revision()).isEqualTo(repository.resolve("HEAD"));
    }
  }

  @Test
  void attributesOfDirectoriesThatAreThereStay() throws Exception {
    git.write(".gitattributes", "*.bat eol=crlf\n");
    git.write("src/.gitattributes", "*.png binary\n").write("docs/.gitattributes", "x -text\n");
    git.write("src/lib/run.bat", "1\n").commitAll("attributes");
    try (GitRepository repository = GitRepository.open(git.directory())) {
      Git guest = guest(repository, select(repository, "src/lib :!.gitattributes").revision());
      assertThat(guest.run("ls-files").lines())
          .contains(".gitattributes", "src/.gitattributes", "src/lib/run.bat")
          .doesNotContain("docs/.gitattributes", "src/main.c");
    }
  }

  @Test
  void aSubmoduleIsThereAsAWholeOrNot() throws Exception {
    Git.init(temp.resolve("library")).write("l", "l\n").commitAll("library");
    git.run("submodule", "--quiet", "add", "../library", "vendor/lib");
    git.commitAll("with a submodule");
    try (GitRepository repository = GitRepository.open(git.directory())) {
      Git with = guest(repository, select(repository, "vendor/lib/").revision());
      assertThat(with.directory().resolve("vendor/lib/l")).hasContent("l\n");
      assertThat(with.run("ls-files").lines())
          .containsExactly(".gitmodules", "mkfile", "vendor/lib");
      Git without = guest(repository, select(repository, "src").revision());
      assertThat(without.directory().resolve("vendor")).doesNotExist();
      assertThat(without.directory().resolve(".gitmodules")).doesNotExist();
      assertThatExceptionOfType(SourceException.class)
          .isThrownBy(() -> select(repository, ":!vendor/lib/l"));
    }
  }

  @Test
  void aPathspecThatMatchesNothingIsAnError() throws Exception {
    try (GitRepository repository = GitRepository.open(git.directory())) {
      for (String wrong : List.of("scr", "src :!dosc", ":(glob)*.c")) {
        assertThatExceptionOfType(SourceException.class)
            .isThrownBy(() -> select(repository, wrong))
            .withMessageContaining("matches nothing in the revision")
            .satisfies(e -> assertThat(e.hint()).contains("git ls-files"));
      }
    }
  }

  @Test
  void onlyUncommittedChangesOfWhatCountsAreChanges() throws Exception {
    git.write("docs/guide.md", "changed\n").write("docs/new", "new\n").write("src/new", "new\n");
    try (GitRepository repository = GitRepository.open(git.directory())) {
      PathSelection selection = selection(":!docs");
      assertThat(
              repository.dirtyState(
                  (path, submodule) ->
                      selection.selects(path.getBytes(StandardCharsets.UTF_8), submodule)))
          .isEqualTo(new DirtyState(0, 1));
    }
  }

  private static SelectedRevision select(GitRepository repository, String pathspecs)
      throws SourceException {
    return repository.select(repository.resolve("HEAD"), selection(pathspecs));
  }

  private static PathSelection selection(String pathspecs) {
    return TargetPaths.parse(pathspecs).of(List.of("test")).orElseThrow();
  }

  private Git guest(GitRepository repository, Revision revision) throws Exception {
    Path files = Files.createTempDirectory(temp, "files");
    repository.writeGuestTree(
        revision,
        CheckoutMode.TREE,
        Files.createTempDirectory(temp, "scratch"),
        new DirectoryOnDisk(files));
    Git guest = Git.in(files.resolve("tree"));
    guest.run("fsck", "--strict", "--full");
    assertThat(guest.run("status", "--porcelain")).isEmpty();
    assertThat(guest.run("rev-parse", "HEAD^{tree}")).isEqualTo(revision.tree().hex());
    return guest;
  }
}
