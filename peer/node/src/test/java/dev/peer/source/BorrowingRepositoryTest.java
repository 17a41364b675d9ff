package dev.peer.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BorrowingRepositoryTest {

  private static final byte[] MKFILE = "test:V:\n\ttrue\n".getBytes(UTF_8);

  @TempDir private Path temp;

  private Git lender;
  private Path made;

  @BeforeEach
  void lend() throws IOException {
    made = temp.resolve("made");
    lender = Git.init(temp.resolve("lender"));
    lender.write("a", "a\n").write("mkfile.d/x", "x\n").write("z", "z\n").commitAll("first");
  }

  @Test
  void hasTheFilesOfTheLenderAndOneMore() throws Exception {
    String head = lender.run("rev-parse", "HEAD");
    make();

    Git borrower = Git.in(made);
    assertThat(borrower.run("ls-tree", "-r", "--name-only", "HEAD"))
        .isEqualTo("a\nmkfile\nmkfile.d/x\nz");
    assertThat(borrower.run("show", "HEAD:mkfile")).isEqualTo("test:V:\n\ttrue");
    assertThat(borrower.run("rev-parse", "HEAD^")).isEqualTo(head);
    assertThat(borrower.run("fsck", "--strict", "--no-dangling")).isEmpty();
  }

  @Test
  void writesNothingIntoTheLender() throws Exception {
    String before = lender.run("count-objects", "-v");
    make();

    assertThat(lender.run("count-objects", "-v")).isEqualTo(before);
    assertThat(lender.run("status", "--porcelain")).isEmpty();
  }

  @Test
  void replacesAFileOfThatName() throws Exception {
    lender.write("mkfile", "other:V:\n").commitAll("second");
    make();

    assertThat(Git.in(made).run("show", "HEAD:mkfile")).isEqualTo("test:V:\n\ttrue");
  }

  @Test
  void borrowsFromALinkedWorkTreeAndAShallowClone() throws Exception {
    lender.write("a", "b\n").commitAll("second");
    lender.run("worktree", "add", "-q", "-b", "other", "../linked");
    lender.run("clone", "-q", "--depth=1", "file://" + lender.directory(), "../shallow");

    make(temp.resolve("linked"), temp.resolve("of-linked"));
    make(temp.resolve("shallow"), temp.resolve("of-shallow"));

    assertThat(Git.in(temp.resolve("of-linked")).run("show", "HEAD:a")).isEqualTo("b");
    assertThat(Git.in(temp.resolve("of-shallow")).run("log", "--format=%s"))
        .isEqualTo("Add mkfile\nsecond");
  }

  @Test
  void hasTheSubmodulesThatTheLenderHas() throws Exception {
    Git library = Git.init(temp.resolve("library"));
    library.write("lib", "lib\n").commitAll("library");
    lender.run("submodule", "--quiet", "add", "../library", "library");
    lender.commitAll("with a submodule");
    make();

    try (GitRepository git = GitRepository.open(made)) {
      // It looks into every submodule, and refuses one that is not here.
      assertThat(git.largeFiles(git.resolve("HEAD"))).isEmpty();
    }
  }

  private void make() throws Exception {
    make(lender.directory(), made);
  }

  private static void make(Path from, Path to) throws Exception {
    try (GitRepository git = GitRepository.open(from)) {
      BorrowingRepository.make(git, git.resolve("HEAD"), "mkfile", MKFILE, to);
    }
  }
}
