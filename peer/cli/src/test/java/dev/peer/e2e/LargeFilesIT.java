package dev.peer.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.wire.LargeFilesKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A clone that has pointers alone gets the files of Git LFS from another peer. */
@Timeout(900)
class LargeFilesIT {

  private static final String CONTENT = "all of the large file\n".repeat(9_000);
  private static final String REPO = "example.org/team/large";
  private static final String ENCODED = "example.org%2Fteam%2Flarge";
  private static final String MKFILE =
      """
      test:VQ:
      \twc -c <data.bin
      other:VQ:
      \tsha256sum <data.bin
      """;

  private Team team;
  private String hex;

  @BeforeEach
  void startRendezvous() throws Exception {
    team = Team.create();
    team.startRendezvous();
    hex = Digest.of(CONTENT.getBytes(UTF_8)).hex();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void aPointerIsTheContentThatAPeerHolds() throws Exception {
    Repository clone = clone("on-laptop");
    Repository pointers = clone("on-ci");
    clone.write(
        ".git/lfs/objects/%s/%s/%s".formatted(hex.substring(0, 2), hex.substring(2, 4), hex),
        CONTENT);
    Peer laptop = team.peer("laptop").with("PEER_ALLOW_FETCH", "cn:ci");
    Run serving = laptop.start(clone, "run");
    serving.awaitLine("^peer: serving the result");
    assertThat(serving.stdout()).isEqualTo(CONTENT.length() + "\n");
    LyingHolder liar = LyingHolder.start(team, "liar");
    liar.answer("v1/repos/" + ENCODED + "/lfs/sha256/" + hex, lie());
    announce(liar);

    refusesAPeerThatMayNotFetch(pointers);
    refusesWhereOnlyTheRevisionNamesTheRepository(pointers);

    Peer ci = team.peer("ci");
    announce(liar);
    Run other = ci.run(pointers, "run", "other", "--exit").hasExitCode(0);
    assertThat(other.stdout()).isEqualTo(hex + "  -\n");
    assertThat(other.stderr())
        .contains("peer: getting 1 files of Git LFS (0 MiB) from peers\n")
        .contains("CN=liar gave other bytes than sha256:" + hex);
    assertThat(pointers.directory().resolve(".git/lfs")).doesNotExist();

    serving.end();
    pointers.write("more", "another tree\n").commit();
    Run again = ci.run(pointers, "run", "--exit").hasExitCode(0);
    assertThat(again.stdout()).isEqualTo(CONTENT.length() + "\n");
    assertThat(again.stderr()).doesNotContain("Git LFS");

    assertThat(ci.here().run(pointers, "cache", "ls").hasExitCode(0).stdout())
        .containsPattern("(?m)^" + REPO + "  1 files of Git LFS, used \\d+ \\w+ ago, 0 MiB$");
    ci.here().run(pointers, "cache", "drop").hasExitCode(0);
    assertThat(ci.here().run(pointers, "cache", "ls", "--json").hasExitCode(0).stdout())
        .contains("\"largeFiles\":[]");
    ci.run(pointers, "run", "other", "--exit")
        .refuses(
            4, ".*data[.]bin.*; no (holder gives it|peer that the rendezvous knows has files)");
    assertThat(team.machines()).isEmpty();
  }

  private void refusesAPeerThatMayNotFetch(Repository pointers) throws Exception {
    Peer guest = team.peer("guest");
    Run refused = guest.run(pointers, "run", "other", "--exit");
    refused.refuses(4, ".*data[.]bin.*; no holder gives it; asked CN=laptop, CN=liar");
    assertThat(refused.stderr()).contains("the holder CN=laptop does not give a file of Git LFS");
    assertThat(guest.home().resolve("lfs/staging")).isEmptyDirectory();
  }

  /** It could name a repository whose files are none of its business. */
  private void refusesWhereOnlyTheRevisionNamesTheRepository(Repository pointers) throws Exception {
    Repository claiming = pointers.cloneTo(team.root().resolve("claims"));
    claiming.git("remote", "set-url", "origin", "https://example.org/team/another.git");
    claiming
        .write(".env", "PEER_REPO=" + REPO + "\nPEER_IMAGE=" + Dist.imageDigest() + "\n")
        .commit();

    team.peer("claiming", team.authority().issue("ci", Authority.Key.EC_P256))
        .run(claiming, "run", "other", "--exit")
        .refuses(4, ".*data[.]bin.*; no peer is asked, since only .env gives the repository");
  }

  /** For as long as a lease lasts. */
  private void announce(LyingHolder liar) throws Exception {
    liar.announce(team, ENCODED, LargeFilesKey.of(new RepoId(REPO)).hex());
  }

  private byte[] lie() {
    return CONTENT.replace("all", "ALL").getBytes(UTF_8);
  }

  /** A clone as git makes it where there is no git-lfs. */
  private Repository clone(String name) throws Exception {
    Repository repository =
        Repository.init(team.root().resolve(name))
            .write("mkfile", MKFILE)
            .write(".env", "PEER_IMAGE=" + Dist.imageDigest() + "\n")
            .write(".gitattributes", "*.bin filter=lfs -text\n")
            .write(
                "data.bin",
                "version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n"
                    .formatted(hex, CONTENT.length()))
            .commit();
    repository.git("remote", "add", "origin", "https://" + REPO + ".git");
    return repository;
  }
}
