package dev.peer.core.record;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FedReaderTest {

  @TempDir private Path directory;

  /** Neither the bundle is to blame for it, nor the peer that it came from. */
  @Test
  void saysThatAFileCannotBeReadHere() throws Exception {
    assertUnreadable(Files.createFile(directory.resolve("short")), "the file has become shorter");
    assertUnreadable(directory, "Is a directory");
  }

  private static void assertUnreadable(Path path, String why) throws Exception {
    GrowingFile file = new GrowingFile(path);
    file.grow(1);
    try (FedReader reader = new FedReader("read", file, new BundleReader(new NotedEntries()))) {
      assertThatThrownBy(reader::end).isInstanceOf(IOException.class).hasMessage(why);
    }
  }
}
