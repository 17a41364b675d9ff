package dev.peer.vm.qemu;

import dev.peer.core.id.Digest;
import dev.peer.core.scratch.ScratchDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Remembers what a QEMU can, so that it is not started each time to find out.
 *
 * @param directory where the answers are; made if it is missing
 */
record QemuAnswers(Path directory) {

  /**
   * The answer that was remembered.
   *
   * @param kind the question
   * @param asked everything that the answer depends on
   */
  Optional<Boolean> find(String kind, String asked) throws IOException {
    Path answer = file(kind, asked);
    return Files.isRegularFile(answer)
        ? Optional.of(Files.readString(answer).strip().equals("yes"))
        : Optional.empty();
  }

  /** Remembers an answer. */
  void remember(String kind, String asked, boolean yes) throws IOException {
    ScratchDirectory.createPrivate(directory);
    Path written = Files.createTempFile(directory, "", "");
    Files.writeString(written, yes ? "yes\n" : "no\n");
    Files.move(written, file(kind, asked), StandardCopyOption.ATOMIC_MOVE);
  }

  private Path file(String kind, String asked) {
    return directory.resolve(kind + "-" + Digest.of(asked.getBytes(StandardCharsets.UTF_8)).hex());
  }
}
