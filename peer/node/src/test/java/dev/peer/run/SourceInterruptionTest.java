package dev.peer.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.peer.core.flow.ExecutionRequest.SourceTree;
import dev.peer.core.flow.ExecutorException;
import dev.peer.core.flow.GuestDirectory;
import dev.peer.core.key.CheckoutMode;
import dev.peer.source.GitRepository;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectInserter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What ends the writing of a revision for the guest. */
class SourceInterruptionTest {

  @TempDir Path temp;

  @BeforeEach
  void commitAFile() throws Exception {
    try (Git git = Git.init().setDirectory(temp.toFile()).call()) {
      Files.writeString(temp.resolve("mkfile"), "test:V:\n\ttrue\n");
      git.add().addFilepattern(".").call();
      git.commit().setMessage("first").setAuthor("a", "a@b").setCommitter("a", "a@b").call();
    }
  }

  @ParameterizedTest
  @EnumSource
  void anInterruptIsNoFaultOfTheRepository(CheckoutMode checkout) throws Exception {
    try (GitRepository git = GitRepository.open(temp)) {
      SourceTree source = VmExecutors.source(git, git.resolve("HEAD"), checkout);
      Thread.currentThread().interrupt();

      assertThatExceptionOfType(InterruptedException.class)
          .isThrownBy(() -> source.writeTo(temp, new NullDirectory()));
      assertThat(Thread.interrupted()).isFalse();
    }
  }

  @Test
  void aLostObjectIs() throws Exception {
    try (GitRepository git = GitRepository.open(temp)) {
      SourceTree source = VmExecutors.source(git, git.resolve("HEAD"), CheckoutMode.TREE);
      String lost = blob("test:V:\n\ttrue\n");
      Files.delete(temp.resolve(".git/objects/" + lost.substring(0, 2) + "/" + lost.substring(2)));

      assertThatExceptionOfType(ExecutorException.class)
          .isThrownBy(() -> source.writeTo(temp, new NullDirectory()))
          .withMessageContaining(lost);
    }
  }

  private static String blob(String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    try (ObjectInserter inserter = new ObjectInserter.Formatter()) {
      return inserter.idFor(Constants.OBJ_BLOB, bytes).name();
    }
  }

  /** A disk that keeps nothing. */
  private record NullDirectory() implements GuestDirectory {

    @Override
    public GuestDirectory directory(byte[] name, Instant modified) {
      return this;
    }

    @Override
    public Entry file(byte[] name, Mode mode, Instant modified, Content content)
        throws IOException {
      content.writeTo(OutputStream.nullOutputStream());
      return new Entry(1, 1);
    }

    @Override
    public Entry link(byte[] name, byte[] target, Instant modified) {
      return new Entry(1, 1);
    }
  }
}
