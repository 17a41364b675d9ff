package dev.peer.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.config.CallContext;
import dev.peer.core.id.LocalRepo;
import dev.peer.core.id.RepoId;
import dev.peer.source.Git;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code PEER_REPO} of a revision names, and what it does not. */
class RepoOwnerTest {

  private static final RepoId OURS = new RepoId("git.example.org/team/ours");
  private static final RepoId CLAIMED = new RepoId("git.example.org/team/theirs");

  @TempDir private Path temp;
  private Git git;

  @BeforeEach
  void makeRepository() throws Exception {
    git = Git.init(temp.resolve("repo"));
    git.write("mkfile", "test:V:\n\ttrue\n").write(".env", "PEER_REPO=" + CLAIMED.text() + "\n");
    git.commitAll("claims another repository's name");
  }

  @Test
  void theEnvFileNamesARepositoryAmongThePeersAndNotTheOneWhoseStateIsKept() throws Exception {
    git.run("remote", "add", "origin", "https://" + OURS.text() + ".git");

    try (RunTarget subject = subject(Map.of())) {
      assertThat(subject.inputs().repo()).isEqualTo(CLAIMED);
      assertThat(subject.owner()).isEqualTo(new LocalRepo(OURS));
    }
  }

  @Test
  void theEnvironmentNamesBoth() throws Exception {
    try (RunTarget subject = subject(Map.of("PEER_REPO", "example.org/chosen"))) {
      assertThat(subject.inputs().repo()).isEqualTo(new RepoId("example.org/chosen"));
      assertThat(subject.owner()).isEqualTo(new LocalRepo(new RepoId("example.org/chosen")));
    }
  }

  @Test
  void aShallowCloneThatTheEnvFileNamesKeepsItsStateByItsPlace() throws Exception {
    git.write("more", "text").commitAll("second");
    String url = git.directory().toUri().toString();
    git.run("clone", "-q", "--depth=1", url, "../one");
    git.run("clone", "-q", "--depth=1", url, "../other");

    LocalRepo one = ownerIn("one");

    assertThat(one).isEqualTo(ownerIn("one")).isNotEqualTo(ownerIn("other"));
    assertThat(one.id()).isNotEqualTo(CLAIMED);
  }

  private LocalRepo ownerIn(String clone) throws Exception {
    git = Git.in(temp.resolve(clone));
    try (RunTarget subject = subject(Map.of())) {
      return subject.owner();
    }
  }

  private RunTarget subject(Map<String, String> environment) throws Exception {
    Map<String, String> variables = new HashMap<>(environment);
    variables.put("PEER_HOME", temp.resolve("home").toString());
    variables.put("PEER_IMAGE", "sha256:" + "0".repeat(64));
    return RunTarget.of(
        new UnattendedOutput(_ -> {}, ""),
        new CallContext(git.directory(), variables),
        "HEAD",
        "test",
        List.of());
  }
}
