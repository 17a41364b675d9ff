package dev.peer.vm.qemu;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskLayerTest {

  @TempDir private Path directory;
  private Path disk;
  private byte[] content;

  @BeforeEach
  void create() throws Exception {
    disk = directory.resolve("disk");
    DiskLayer.create(disk, 1L << 30);
    content = Files.readAllBytes(disk);
  }

  @Test
  void itsOwnDisksAreWhole() {
    assertThatCode(() -> DiskLayer.requireWhole(disk)).doesNotThrowAnyException();
  }

  @Test
  void refusesADiskThatNamesAnotherFileForItsData() throws Exception {
    content[79] |= 4;
    refuses(content);
  }

  @Test
  void refusesWhatIsNoSuchDisk() throws Exception {
    refuses(Arrays.copyOf(content, 103));
    content[7] = 2;
    refuses(content);
    refuses(new byte[4096]);
  }

  private void refuses(byte[] bytes) throws Exception {
    Files.write(disk, bytes);
    assertThatThrownBy(() -> DiskLayer.requireWhole(disk))
        .isInstanceOf(QemuException.class)
        .hasMessageContaining("is not one that peer made");
  }
}
