package dev.peer.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.CommitId;
import dev.peer.core.id.TrunkName;
import dev.peer.core.record.KeptOrigin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What signers say of commits, checked in clones that the real git made. */
class CloneHistoryTest {

  @TempDir Path temp;

  private Git origin;
  private String onMain;
  private String tip;
  private String onBranch;
  private String onOther;

  @BeforeEach
  void aTrunkAndTwoBranches() throws Exception {
    origin = Git.init(temp.resolve("origin"));
    onMain = commit("1");
    tip = commit("2");
    origin.run("checkout", "-q", "-b", "other", onMain);
    onOther = commit("other");
    origin.run("checkout", "-q", "-b", "feature", tip);
    onBranch = commit("feature");
    origin.run("checkout", "-q", "main");
  }

  @Test
  void namesACommitOfABranchThatIsSaidToBeOfTheTrunk() throws Exception {
    Git clone = cloned();

    assertThat(strangers(clone, onBranch, KeptOrigin.TRUNK, onMain, tip)).isEmpty();
    assertThat(strangers(clone, onBranch, KeptOrigin.TRUNK, onMain, onBranch))
        .containsExactly(new CommitId(onBranch));
  }

  @Test
  void namesACommitOfAnotherBranchThatIsSaidToBeOfTheRevisionsHistory() throws Exception {
    Git clone = cloned();

    assertThat(strangers(clone, onBranch, KeptOrigin.HISTORY, onMain, onBranch)).isEmpty();
    assertThat(strangers(clone, onBranch, KeptOrigin.HISTORY, tip, onOther))
        .containsExactly(new CommitId(onOther));
  }

  @Test
  void aDiskOfAnyOriginMayBeOfAnyCommit() throws Exception {
    assertThat(strangers(cloned(), onBranch, KeptOrigin.ANY, onOther)).isEmpty();
  }

  @Test
  void takesTheSignersWordForACommitThatTheCloneDoesNotHave() throws Exception {
    Git clone = cloned();
    String later = commit("3");

    assertThat(strangers(clone, tip, KeptOrigin.TRUNK, later, "0".repeat(40))).isEmpty();
  }

  @Test
  void takesTheSignersWordWhereTheCloneIsTooShallowToTell() throws Exception {
    Git clone = cloned("--depth", "1", "--no-single-branch");

    assertThat(strangers(clone, tip, KeptOrigin.TRUNK, onOther)).isEmpty();
  }

  @Test
  void takesTheSignersWordWhereTheTrunkIsUnknown() throws Exception {
    Git clone = cloned();

    try (GitRepository repository = GitRepository.open(clone.directory())) {
      TrunkHistory nowhere = new TrunkHistory(repository, Optional.of(new TrunkName("release")));
      assertThat(
              new CloneHistory(repository, nowhere, new CommitId(tip))
                  .strangers(KeptOrigin.TRUNK, List.of(new CommitId(onOther))))
          .isEmpty();
    }
  }

  private Set<CommitId> strangers(Git clone, String revision, KeptOrigin claimed, String... commits)
      throws Exception {
    try (GitRepository repository = GitRepository.open(clone.directory())) {
      return new CloneHistory(
              repository, new TrunkHistory(repository, Optional.empty()), new CommitId(revision))
          .strangers(claimed, Arrays.stream(commits).map(CommitId::new).toList());
    }
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

  private String commit(String name) throws Exception {
    return origin.write(name, name).commitAll(name);
  }
}
