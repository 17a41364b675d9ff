package dev.peer.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.flow.HistoryPosition;
import dev.peer.core.id.CommitId;
import dev.peer.core.id.TrunkName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trunk and revision in repositories that the real git made. */
class TrunkHistoryTest {

  @TempDir Path temp;

  private Git origin;
  private String first;
  private String second;
  private String third;

  @BeforeEach
  void threeCommitsOnMain() throws Exception {
    origin = Git.init(temp.resolve("origin"));
    first = commit(origin, "1");
    second = commit(origin, "2");
    third = commit(origin, "3");
  }

  @Test
  void aCommitOfTheTrunkStartsFromItsNearestAncestorAndNoDescendant() throws Exception {
    Git clone = cloned();

    HistoryPosition standing = standing(clone, second, first, second, third);

    assertThat(standing.onTrunk()).isTrue();
    assertThat(standing.base()).contains(new CommitId(second));
    assertThat(standing.nearestOnTrunk()).contains(new CommitId(second));
    assertThat(standing(clone, second, first, third).nearestOnTrunk())
        .contains(new CommitId(first));
    assertThat(standing(clone, first, second, third).nearest()).isEmpty();
    assertThat(standing.unknown()).isEmpty();
  }

  @Test
  void aBranchStartsFromTheTrunkAndItsOwnCommitsAreHistory() throws Exception {
    Git clone = cloned();
    clone.run("checkout", "-q", "-b", "feature", second);
    String one = commit(clone, "a");
    String two = commit(clone, "b");

    HistoryPosition standing = standing(clone, two, first, one, third);

    assertThat(standing.onTrunk()).isFalse();
    assertThat(standing.base()).contains(new CommitId(second));
    assertThat(standing.nearestOnTrunk()).contains(new CommitId(first));
    assertThat(standing.nearest()).contains(new CommitId(one));
  }

  @Test
  void siblingBranchesShareNothingButTheTrunk() throws Exception {
    Git clone = cloned();
    clone.run("checkout", "-q", "-b", "one", second);
    String one = commit(clone, "a");
    clone.run("checkout", "-q", "-b", "other", second);
    String other = commit(clone, "b");

    HistoryPosition standing = standing(clone, other, one);

    assertThat(standing.nearest()).isEmpty();
    assertThat(standing.base()).contains(new CommitId(second));
  }

  @Test
  void whatWasSquashedIntoTheTrunkIsNoneOfIt() throws Exception {
    origin.run("checkout", "-q", "-b", "feature");
    String ofBranch = commit(origin, "a");
    origin.run("checkout", "-q", "main");
    origin.run("merge", "-q", "--squash", "feature");
    String squashed = origin.commitAll("squashed");
    Git clone = cloned();

    assertThat(standing(clone, squashed, ofBranch).nearest()).isEmpty();
    assertThat(standing(clone, squashed, third).nearestOnTrunk()).contains(new CommitId(third));
    assertThat(standing(clone, ofBranch).onTrunk()).isFalse();
  }

  @Test
  void whatWasMergedIntoTheTrunkIsOfIt() throws Exception {
    origin.run("checkout", "-q", "-b", "feature", second);
    String ofBranch = commit(origin, "a");
    origin.run("checkout", "-q", "main");
    origin.run("merge", "-q", "--no-ff", "-m", "merge", "feature");

    HistoryPosition standing = standing(cloned(), ofBranch, second);

    assertThat(standing.onTrunk()).isTrue();
    assertThat(standing.base()).contains(new CommitId(ofBranch));
  }

  @Test
  void crissCrossMergesHaveABaseThatBothHave() throws Exception {
    origin.run("checkout", "-q", "-b", "feature", second);
    String ofBranch = commit(origin, "a");
    origin.run("checkout", "-q", "main");
    origin.run("merge", "-q", "--no-ff", "-m", "into main", ofBranch);
    origin.run("checkout", "-q", "feature");
    origin.run("merge", "-q", "--no-ff", "-m", "into feature", third);
    String crossed = origin.run("rev-parse", "HEAD");
    origin.run("checkout", "-q", "main");
    Git clone = cloned();

    HistoryPosition standing = standing(clone, crossed, first, third);

    assertThat(standing.onTrunk()).isFalse();
    assertThat(clone.run("merge-base", "--all", crossed, "origin/main").lines())
        .hasSize(2)
        .contains(standing.base().orElseThrow().hex());
    assertThat(standing.nearestOnTrunk()).contains(new CommitId(third));
  }

  @Test
  void unrelatedHistoriesHaveNoBase() throws Exception {
    Git clone = cloned();
    clone.run("checkout", "-q", "--orphan", "other");
    String other = commit(clone, "a");

    HistoryPosition standing = standing(clone, other, first, third);

    assertThat(standing.onTrunk()).isFalse();
    assertThat(standing.base()).isEmpty();
    assertThat(standing.nearest()).isEmpty();
    assertThat(standing.unknown()).contains("no commit in common with the trunk origin/main");
  }

  @Test
  void aCommitsTimeMovesItNowhere() throws Exception {
    Git clone = cloned();
    clone.run("checkout", "-q", "-b", "feature", second);
    clone.write("old", "old");
    clone.run("add", "-A");
    String tree = clone.run("write-tree");
    String old =
        new String(
                Git.run(
                    clone.directory(),
                    new byte[0],
                    List.of(
                        "env",
                        "GIT_COMMITTER_DATE=1000000000 +0000",
                        "git",
                        "commit-tree",
                        "-m",
                        "old",
                        "-p",
                        second,
                        tree)),
                StandardCharsets.UTF_8)
            .strip();

    HistoryPosition standing = standing(clone, old, first);

    assertThat(standing.onTrunk()).isFalse();
    assertThat(standing.base()).contains(new CommitId(second));
    assertThat(standing.nearestOnTrunk()).contains(new CommitId(first));
  }

  @Test
  void aShallowCloneSaysWhatItCannotTell() throws Exception {
    origin.run("checkout", "-q", "-b", "feature", first);
    String ofBranch = commit(origin, "a");
    origin.run("checkout", "-q", "main");
    Git clone = cloned("--depth", "1", "--no-single-branch");

    HistoryPosition branch = standing(clone, ofBranch, first);
    HistoryPosition main = standing(clone, third, first, second);

    assertThat(branch.base()).isEmpty();
    assertThat(branch.unknown()).contains("too shallow", "git fetch --unshallow");
    assertThat(main.onTrunk()).isTrue();
    assertThat(main.nearestOnTrunk()).isEmpty();
    assertThat(main.unknown()).contains("too shallow", "git fetch --unshallow");
    assertThat(standing(clone, third, third).unknown()).isEmpty();
  }

  @Test
  void aCloneWithoutTreesAndFilesKnowsAll() throws Exception {
    origin.run("config", "uploadpack.allowFilter", "true");
    origin.run("checkout", "-q", "-b", "feature", second);
    String ofBranch = commit(origin, "a");
    origin.run("checkout", "-q", "main");
    Git clone = Git.in(temp.resolve("partial"));
    origin.run(
        "clone",
        "-q",
        "--no-checkout",
        "--filter=tree:0",
        "file://" + origin.directory(),
        clone.directory().toString());

    HistoryPosition standing = standing(clone, ofBranch, first);

    assertThat(standing.base()).contains(new CommitId(second));
    assertThat(standing.nearestOnTrunk()).contains(new CommitId(first));
  }

  @Test
  void aLocalBranchOrTagOfTheTrunksNameMovesNothing() throws Exception {
    Git clone = cloned();
    String planted = commit(clone, "planted");
    clone.run("tag", "origin/main", planted);
    clone.run("branch", "origin/main", planted);

    assertThat(clone.run("rev-parse", "main")).isEqualTo(planted);
    for (Optional<TrunkName> trunk :
        Set.of(Optional.<TrunkName>empty(), Optional.of(new TrunkName("main")))) {
      assertThat(standing(clone, trunk, planted).onTrunk()).isFalse();
      assertThat(standing(clone, trunk, third).onTrunk()).isTrue();
    }
    assertThat(standing(clone, Optional.of(new TrunkName("refs/heads/main")), planted).onTrunk())
        .isTrue();
  }

  @Test
  void aPushedBranchThatIsNamedHeadIsNoTrunk() throws Exception {
    origin.run("checkout", "-q", "-b", "feature");
    String planted = commit(origin, "planted");
    origin.run("checkout", "-q", "main");
    origin.run("update-ref", "refs/heads/HEAD", planted);
    Git clone = Git.init(temp.resolve("ci"));
    clone.run("remote", "add", "origin", origin.directory().toString());
    // As a CI platform fetches: no clone, which would make origin/HEAD a symbolic ref.
    clone.run(
        "-c",
        "remote.origin.followRemoteHEAD=never",
        "fetch",
        "-q",
        "origin",
        "+refs/heads/*:refs/remotes/origin/*");
    assertThat(clone.run("rev-parse", "refs/remotes/origin/HEAD")).isEqualTo(planted);

    HistoryPosition standing = standing(clone, planted, first);

    assertThat(standing.onTrunk()).isFalse();
    assertThat(standing.base()).isEmpty();
    assertThat(standing.unknown()).contains("git remote set-head origin --auto", "PEER_TRUNK");
    assertThat(standing.nearest()).contains(new CommitId(first));
    assertThat(standing(clone, Optional.of(new TrunkName("main")), third).onTrunk()).isTrue();
  }

  @Test
  void aRepositoryWithoutARemoteIsItsOwnTrunk() throws Exception {
    origin.run("checkout", "-q", "-b", "feature", second);
    String ofBranch = commit(origin, "a");
    origin.run("checkout", "-q", "main");

    assertThat(standing(origin, third, first).nearestOnTrunk()).contains(new CommitId(first));
    assertThat(standing(origin, ofBranch).base()).contains(new CommitId(second));
    assertThat(standing(origin, Optional.of(new TrunkName("feature")), ofBranch).onTrunk())
        .isTrue();
  }

  @Test
  void aTrunkThatIsNotHereIsNamed() throws Exception {
    HistoryPosition standing =
        standing(cloned(), Optional.of(new TrunkName("release")), third, first);

    assertThat(standing.onTrunk()).isFalse();
    assertThat(standing.unknown()).contains("refs/remotes/origin/release");
  }

  @Test
  void commitsOfAnotherRepositoryAreInNoHistory() throws Exception {
    HistoryPosition standing =
        standing(cloned(), third, "0123456789012345678901234567890123456789");

    assertThat(standing.nearest()).isEmpty();
    assertThat(standing.unknown()).isEmpty();
  }

  private Git cloned(String... options) {
    Git clone = Git.in(temp.resolve("clone"));
    List<String> command = new ArrayList<>(List.of("clone", "-q"));
    command.addAll(Arrays.asList(options));
    command.add("file://" + origin.directory());
    command.add(clone.directory().toString());
    origin.run(command.toArray(String[]::new));
    return clone;
  }

  private static String commit(Git git, String name) throws Exception {
    return git.write(name, name).commitAll(name);
  }

  private static HistoryPosition standing(Git git, String revision, String... asked)
      throws Exception {
    return standing(git, Optional.empty(), revision, asked);
  }

  private static HistoryPosition standing(
      Git git, Optional<TrunkName> trunk, String revision, String... asked) throws Exception {
    try (GitRepository repository = GitRepository.open(git.directory())) {
      return new TrunkHistory(repository, trunk)
          .standing(
              new CommitId(revision),
              Arrays.stream(asked).map(CommitId::new).collect(Collectors.toSet()));
    }
  }
}
