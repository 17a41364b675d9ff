package dev.peer.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.TreeId;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeChangesTest {

  @TempDir private Path temp;

  @Test
  void namesWhatDiffersAtTheRoot() throws Exception {
    Git git = Git.init(temp.resolve("work"));
    git.write("same", "1").write("changed", "1").write("mode", "1").write("gone", "1");
    git.write("dir/deep/file", "1").commitAll("first");
    TreeId older = tree(git);
    Files.delete(git.directory().resolve("gone"));
    Files.delete(git.directory().resolve("mode"));
    Files.createSymbolicLink(git.directory().resolve("mode"), Path.of("same"));
    git.write("changed", "2").write("dir/deep/file", "2").write("new", "1").commitAll("second");

    try (GitRepository repository = GitRepository.open(git.directory())) {
      TreeChanges changes = repository.changes(older, tree(git)).orElseThrow();

      assertThat(changes.changed()).containsExactly("changed", "dir", "mode");
      assertThat(changes.added()).containsExactly("new");
      assertThat(changes.removed()).containsExactly("gone");
    }
  }

  @Test
  void aTreeThatIsNotHereDiffersInNobodyKnowsWhat() throws Exception {
    Git git = Git.init(temp.resolve("work"));
    git.write("a", "1").commitAll("first");

    try (GitRepository repository = GitRepository.open(git.directory())) {
      assertThat(repository.changes(new TreeId("1".repeat(40)), tree(git))).isEmpty();
    }
  }

  private static TreeId tree(Git git) {
    return new TreeId(git.run("rev-parse", "HEAD^{tree}"));
  }
}
