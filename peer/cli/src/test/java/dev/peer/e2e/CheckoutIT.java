package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.Digest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The guest's work tree is what git checks out, and git in the guest takes it for its own. */
@Timeout(900)
class CheckoutIT {

  private static final String MKFILE =
      """
      # git is the guest's: the container has none.
      prepare-runtime:VQ:
      \t{
      \t\tgit diff-files; git -C sub diff-files
      \t\tgit status --porcelain; git -C sub status --porcelain
      \t\tgit fsck --strict; git ls-files | wc -l
      \t\tgit -C sub rev-parse HEAD
      \t} >.git/said 2>&1

      test:VQ: tree git changes

      tree:VQ:
      \tsh manifest

      git:VQ:
      \techo "git: `cat .git/said`"

      changes:VQ:
      \techo more >>large && tail -c 5 large
      \tmv odd renamed && rm -r renamed many && mkdir many && ls -A many
      \ttest `stat -c %d large` = `stat -c %d run` && echo one device
      \ttest -z "`find . -newermt '1 hour' -o ! -newermt '-1 hour' ! -path './.git/*'`" && echo made now
      """;

  /** Everything that a tree can hold; run in the repository. */
  private static final String CONTENT =
      """
      mkdir odd many
      printf blank >'odd/with blank'
      printf break >"odd/`printf 'line\\nbreak'`"
      printf bytes >"odd/`printf 'bytes\\377\\376'`"
      printf slash >'odd/back\\slash'
      printf long >odd/`printf '%0255d' 1`
      : >odd/empty
      for i in `seq 300`; do echo $i >many/a-name-that-fills-a-block-before-long-$i; done
      head -c 5000001 /dev/urandom >large
      printf '#!/bin/sh\\n' >run
      chmod 755 run
      ln -s run link
      ln -s /nowhere/at/all dangling
      ln -s . loop
      printf 'one\\ntwo\\n' >windows.bat
      printf '$Id$\\n' >keyword.id
      printf 'w\\0i\\0d\\0e\\0\\n\\0' >wide.u16
      printf 'a\\nb\\n' >macro.mac
      printf 'raw\\n' >raw.bat.png
      cat >.gitattributes <<END
      [attr]crlf-file text eol=crlf
      * text=auto
      *.bat eol=crlf
      *.mac crlf-file
      *.id ident
      *.u16 text working-tree-encoding=UTF-16LE
      *.png binary
      END
      cat >manifest <<'END'
      LC_ALL=C
      export LC_ALL
      find . -name .git -prune -o -printf '%P %y %m %l\\n' | sort
      find . -name .git -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
      END
      git init -q -b main ../library
      printf 'sub\\n' >../library/file.bat
      printf '*.bat eol=crlf\\n' >../library/.gitattributes
      git -C ../library add -A
      git -C ../library -c user.name=a -c user.email=a@localhost commit -q -m library
      git -c protocol.file.allow=always submodule --quiet add ../library sub
      git -c protocol.file.allow=always clone -q ../library gitlink
      """;

  private Team team;

  @BeforeEach
  void makeTeam() throws Exception {
    team = Team.create();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void theWorkTreeIsWhatGitChecksOut() throws Exception {
    Repository repository = team.repository("project", MKFILE);
    sh(repository.directory(), CONTENT);
    repository.commit();
    Path clone = team.root().resolve("clone");
    repository.git(
        "-c",
        "protocol.file.allow=always",
        "clone",
        "-q",
        "--recurse-submodules",
        repository.directory().toString(),
        clone.toString());
    String manifest = sh(clone, "sh manifest");
    String submodule = repository.git("rev-parse", "HEAD:sub");
    long files = repository.git("ls-files").lines().count();

    Run run = team.peer("laptop").run(repository, "run");

    assertThat(run.hasExitCode(0).stdout())
        .isEqualTo(manifest + "git: " + files + "\n" + submodule + "more\none device\nmade now\n");
  }

  @Test
  void whatDoesNotCountIsNotThereAndItsChangeReplays() throws Exception {
    Repository repository =
        team.repository(
            "paths",
            """
            test:VQ:
            \tfind . -name .git -prune -o -type f -print | sort

            lint:VQ:
            \techo linted
            """);
    repository.write(".env", "PEER_CPUS=1\nPEER_PATHS=test => :!docs :!*.md; lint => src\n");
    repository.write("src/main.c", "code\n").write("docs/guide.html", "docs\n");
    repository.write("README.md", "read me\n").commit();
    Peer laptop = team.peer("laptop");

    Run run = laptop.run(repository, "run", "--exit");
    assertThat(run.hasExitCode(0).stdout()).isEqualTo("./.env\n./mkfile\n./src/main.c\n");
    assertThat(run.stderr()).contains("PEER_PATHS: 3 of 5 files count");

    repository.write("docs/guide.html", "other docs\n").write("docs/new", "new\n");
    Run dirty = laptop.here().run(repository, "replay");
    assertThat(dirty.hasExitCode(0).stderr()).doesNotContain("uncommitted");
    repository.write("CHANGES.md", "all\n").commit();
    Run again = laptop.here().run(repository, "replay");
    assertThat(again.hasExitCode(0).stdout()).isEqualTo(run.stdout());

    repository.git("read-tree", "HEAD");
    repository.git("rm", "-q", "-r", "--cached", "docs", "README.md", "CHANGES.md");
    String counted = repository.git("write-tree").strip();
    assertThat(laptop.here().run(repository, "explain").hasExitCode(0).stdout())
        .containsPattern("tree +" + counted);

    assertThat(laptop.here().run(repository, "explain", "lint").hasExitCode(3).stderr())
        .contains("PEER_PATHS: 2 of 7 files count");
    repository.git("reset", "-q", "--hard");
    repository.write("src/main.c", "other code\n").commit();
    laptop.here().run(repository, "explain").hasExitCode(3);
  }

  @Test
  void historyAndLargeFilesAreThereAsInTheClone() throws Exception {
    Repository repository =
        team.repository(
            "versions",
            """
            prepare-runtime:VQ:
            \tgit describe --dirty >.git/said
            \tgit log --oneline | wc -l >>.git/said
            \tgit status --porcelain >>.git/said

            test:VQ:
            \tcat .git/said data.bin
            """);
    repository.write(".env", "PEER_CPUS=1\nPEER_CHECKOUT=history\n").commit();
    repository.git(
        "-c", "user.name=a", "-c", "user.email=a@localhost", "tag", "-a", "-m", "one", "v1.0");
    String content = "large\n";
    String digest = Digest.of(content.getBytes(StandardCharsets.UTF_8)).hex();
    repository.write(".gitattributes", "*.bin filter=lfs -text\n");
    repository.write(
        "data.bin",
        "version https://git-lfs.github.com/spec/v1\noid sha256:" + digest + "\nsize 6\n");
    repository.commit();
    Peer laptop = team.peer("laptop");

    laptop.run(repository, "run", "--exit").refuses(4, ".*data[.]bin");
    repository.write(
        ".git/lfs/objects/%s/%s/%s"
            .formatted(digest.substring(0, 2), digest.substring(2, 4), digest),
        content);
    String said = repository.git("describe") + repository.git("rev-list", "--count", "HEAD");
    Run run = laptop.run(repository, "run", "--exit");
    assertThat(run.hasExitCode(0).stdout()).isEqualTo(said + content);

    assertThat(laptop.here().run(repository, "show").hasExitCode(0).stdout()).contains("tags");
    repository.git("tag", "another", "v1.0^{}");
    laptop.here().run(repository, "explain").hasExitCode(3);
  }

  private String sh(Path directory, String script) throws Exception {
    Run run =
        Run.start(
            directory,
            Map.of("PATH", System.getenv("PATH"), "HOME", team.root().toString()),
            team.root(),
            List.of("sh", "-euc", "umask 022\n" + script));
    return run.await().hasExitCode(0).stdout();
  }
}
