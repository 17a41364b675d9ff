package dev.peer.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What comes out of a run, from the recipe to the reader's disk. */
@Timeout(600)
class ArtifactsIT {

  private static final String FAMILY = "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67";

  private static final String EVERYTHING =
      """
      test:VQ:
      \techo tested
      /var/run/ci/artifacts/all:
      \tmkdir -p $target/empty $target/closed && cd $target
      \techo 1 >lib.so.1 && ln -s lib.so.1 lib.so
      \tln -s nowhere dangling && ln -s ../lib.so closed/up && ln -s circle circle
      \techo program >tool && chmod 755 tool
      \techo private >private && chmod 600 private
      \techo suid >suid && chmod 4755 suid
      \tln tool hard && chmod 700 closed
      \techo odd >'a b 100% c:d "e" \\f'
      \techo family >FAMILY
      \ttouch -d 2001-01-01 old
      \tln -s /etc/passwd absolute && ln -s ../../../etc leaving
      \tmkfifo fifo && mknod zero c 1 5
      \tperl -MSocket -e 'socket(S, PF_UNIX, SOCK_STREAM, 0) && bind(S, sockaddr_un("socket")) or die'
      \techo x >"$(printf 'bad\\377byte')"
      \techo x >"$(printf 'new\\nline')"
      \techo x >"$(printf '\\033]0;title\\007')"
      """
          .replace("FAMILY", FAMILY);

  private static final String HOSTILE =
      """
      prepare-runtime:VQ:
      \tprintf '#!/bin/sh\\nexec cat /work/hostile.tar\\n' >/usr/bin/tar
      \tchmod 755 /usr/bin/tar
      test:VQ:
      \techo tested
      /var/run/ci/artifacts/trap:
      \techo plain >$target
      REQUIRED
      """;

  private Team team;

  @BeforeEach
  void createTeam() throws Exception {
    team = Team.create();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void comeOutAsTheyWereMadeAndWhatCannotIsNamed() throws Exception {
    team.startRendezvous();
    Repository repository = team.repository("project", EVERYTHING);
    Path made = team.root().resolve("made");
    Run run = team.peer("laptop").start(repository, "run", "--artifacts", made.toString());
    run.awaitLine("^peer: serving the result");

    assertThat(run.stderr())
        .contains(
            leftOut("all/absolute", "leads to an absolute path: \"/etc/passwd\""),
            leftOut("all/leaving", "leads out of the artifacts: \"../../../etc\""),
            leftOut("all/fifo", "is a fifo"),
            leftOut("all/zero", "is a device"),
            leftOut("all/socket", "is a socket"),
            leftOut("all/bad\uFFFDbyte", "has bytes in its name that are no UTF-8"),
            leftOut("all/new?line", "has the character U+000A in its name"),
            leftOut("all/?]0;title?", "has the character U+001B in its name"),
            "peer: the artifact \"all/suid\" is kept without setuid\n");
    assertThat(run.stderr().split("is left out", -1)).hasSize(9);
    isWhole(made);

    Peer ci = team.peer("ci").withoutQemu();
    Path replayed = team.root().resolve("replayed");
    ci.here().run(repository, "replay", "--artifacts", replayed.toString()).hasExitCode(0);
    isWhole(replayed);
    assertThat(Files.getLastModifiedTime(replayed.resolve("all/old")))
        .isEqualTo(Files.getLastModifiedTime(made.resolve("all/old")));
    Path again = team.root().resolve("again");
    ci.here().run(repository, "artifacts", "--to", again.toString()).hasExitCode(0);
    ci.here().run(repository, "artifacts", "--to", again.toString()).hasExitCode(0);
    isWhole(again);
    Run listed = ci.here().run(repository, "artifacts").hasExitCode(0);
    assertThat(listed.stdout())
        .contains("all/lib.so, a link to lib.so.1\n", "all/empty, a directory", "all/" + FAMILY);
    JsonNode json =
        new ObjectMapper().readTree(ci.here().run(repository, "artifacts", "--json").stdout());
    List<String> links = new ArrayList<>();
    json.get("artifacts").forEach(one -> links.add(one.path("link").asText("")));
    assertThat(links).contains("lib.so.1", "nowhere", "circle", "../lib.so");
  }

  private static String leftOut(String path, String why) {
    return "peer: the artifact \"" + path + "\" is left out: it " + why + "\n";
  }

  private static void isWhole(Path directory) throws IOException {
    Path all = directory.resolve("all");
    assertThat(names(all))
        .containsExactly(
            "a b 100% c:d \"e\" \\f",
            "circle",
            "closed",
            "dangling",
            "empty",
            "hard",
            "lib.so",
            "lib.so.1",
            "old",
            "private",
            "suid",
            "tool",
            FAMILY);
    assertThat(Files.readSymbolicLink(all.resolve("lib.so"))).hasToString("lib.so.1");
    assertThat(Files.readSymbolicLink(all.resolve("dangling"))).hasToString("nowhere");
    assertThat(Files.readSymbolicLink(all.resolve("circle"))).hasToString("circle");
    assertThat(all.resolve("closed/up")).hasContent("1\n");
    assertThat(all.resolve("empty")).isEmptyDirectory();
    assertThat(all.resolve("hard")).isRegularFile().hasContent("program\n");
    assertThat(mode(all.resolve("tool"))).isEqualTo("rwxr-xr-x");
    assertThat(mode(all.resolve("suid"))).isEqualTo("rwxr-xr-x");
    assertThat(mode(all.resolve("private"))).isEqualTo("rw-------");
    assertThat(mode(all.resolve("closed"))).isEqualTo("rwx------");
    FileTime time = Files.getLastModifiedTime(all.resolve("old"));
    for (String name : List.of("tool", "dangling", "empty", "closed")) {
      assertThat(Files.getLastModifiedTime(all.resolve(name), LinkOption.NOFOLLOW_LINKS))
          .isEqualTo(time);
    }
    assertThat(time.toInstant()).isAfter("2026-01-01T00:00:00Z");
  }

  /** The preparation is root in the guest: it can put another tar in place of the guest's. */
  @Test
  void aHostileGuestsTarLeadsNowhere() throws Exception {
    Repository repository = team.repository("hostile", HOSTILE.replace("REQUIRED", ""));
    Path outside = Files.createDirectory(team.root().resolve("outside"));
    hostileTar(repository, outside, "");
    Peer laptop = team.peer("laptop");
    Path out = team.root().resolve("out");

    Run run = laptop.run(repository, "run", "--exit", "--artifacts", out.toString());

    run.hasExitCode(0);
    assertThat(run.stderr())
        .contains(
            leftOut("trap", "leads to an absolute path: \"" + outside + "\""),
            leftOut("up", "leads out of the artifacts: \"..\""),
            "the artifact \".git/hooks/post-checkout\" is not written");
    assertThat(outside).isEmptyDirectory();
    assertThat(names(team.root())).doesNotContain("escaped");
    assertThat(names(out)).containsExactly("trap", "up");
    assertThat(out.resolve("trap/file")).isRegularFile();

    repository.write(
        "mkfile", HOSTILE.replace("REQUIRED", "required-artifacts:V: /var/run/ci/artifacts/trap"));
    repository.commit();
    Run required = laptop.run(repository, "run", "--exit").hasExitCode(2);
    assertThat(required.stderr()).contains("the mkfile requires the artifact \"trap\"");

    hostileTar(repository, outside, "../escaped");
    Run escaping = laptop.run(repository, "run", "--exit").hasExitCode(2);
    assertThat(escaping.stderr()).contains("not an artifact's path");
    assertThat(names(team.root())).doesNotContain("escaped");
  }

  private static void hostileTar(Repository repository, Path outside, String more)
      throws Exception {
    try (OutputStream out = Files.newOutputStream(repository.directory().resolve("hostile.tar"));
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      add(tar, "trap", outside.toString());
      add(tar, "trap/file", "");
      add(tar, "up", "..");
      add(tar, "up/escaped", "");
      add(tar, ".git/hooks/post-checkout", "");
      if (!more.isEmpty()) {
        add(tar, more, "");
      }
    }
    repository.commit();
  }

  private static void add(TarArchiveOutputStream tar, String name, String target)
      throws IOException {
    boolean link = !target.isEmpty();
    byte[] content = link ? new byte[0] : "taken\n".getBytes(UTF_8);
    TarArchiveEntry entry =
        new TarArchiveEntry(name, link ? TarConstants.LF_SYMLINK : TarConstants.LF_NORMAL, true);
    entry.setLinkName(target);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
