package dev.peer.vm.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiskBlocksTest {

  private static final long MAGIC = 0x706565722d64736bL;
  private static final int CLUSTER = 1 << 16;

  /** Not a multiple of a cluster, and more than one table of 512 MiB. */
  private static final long BYTES = (1L << 30) + 512;

  @TempDir private Path directory;

  @Test
  void givesTheBlocksInUseInTheOrderOfTheDisk() throws Exception {
    byte[] form = form(BYTES, 3, 1, 9, 55, 64, 64, 128, 2, 8192, 1);

    Path disk = read(form);

    assertThat(written(disk)).isEqualTo(form);
    DiskLayer.requireWhole(disk);
  }

  /** So it takes no other chunks than the one that it is in. */
  @Test
  void aClusterMoreMovesNoRunBehindIt() throws Exception {
    int[] clusters = IntStream.range(9, 140).toArray();
    Path less = directory.resolve("less");
    Path more = directory.resolve("more");
    write(less, clusters);
    write(more, IntStream.concat(IntStream.of(8), IntStream.of(clusters)).toArray());

    assertThat(written(less)).isEqualTo(form(BYTES, 9, 55, 64, 64, 128, 12));
    assertThat(written(more)).isEqualTo(form(BYTES, 8, 56, 64, 64, 128, 12));
  }

  /** So equal disks are equal chunks, whatever order they were written in. */
  @Test
  void doesNotDependOnTheOrderOfTheFile() throws Exception {
    Path there = directory.resolve("there");
    Path back = directory.resolve("back");
    write(there, 1, 2, 5);
    write(back, 5, 2, 1);

    assertThat(Files.readAllBytes(there)).isNotEqualTo(Files.readAllBytes(back));
    assertThat(written(there)).isEqualTo(written(back)).isEqualTo(form(BYTES, 1, 2, 5, 1));
  }

  @Test
  void leavesOutClustersOfZeros() throws Exception {
    Path disk = directory.resolve("disk");
    try (QcowFile file = QcowFile.create(disk, BYTES)) {
      file.write(4, new byte[CLUSTER]);
      file.write(7, cluster(7));
      file.finish();
    }

    assertThat(written(disk)).isEqualTo(form(BYTES, 7, 1));
  }

  @Test
  void givesNothingOfABlankDisk() throws Exception {
    Path disk = directory.resolve("disk");
    DiskLayer.create(disk, BYTES);

    assertThat(written(disk)).isEqualTo(form(BYTES));
    assertThat(written(read(form(BYTES)))).isEqualTo(form(BYTES));
  }

  /** Each cluster of the file is referred to once, and counted so. */
  @Test
  void makesAFileWhoseCountsHold() throws Exception {
    Path disk = read(form(BYTES, 3, 1, 9, 2, 8192, 1));

    ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(disk));
    int clusters = file.capacity() / CLUSTER;
    int countsAt = (int) file.getLong((int) file.getLong(48));
    assertThat(file.capacity() % CLUSTER).isZero();
    for (int i = 0; i < CLUSTER / Short.BYTES; i++) {
      assertThat(file.getShort(countsAt + i * Short.BYTES))
          .as("cluster %s", i)
          .isEqualTo((short) (i < clusters ? 1 : 0));
    }
  }

  @Test
  void refusesAFileThatNamesAnother() throws Exception {
    for (int field : new int[] {8, 32, 60, 72}) {
      Path disk = directory.resolve("disk" + field);
      DiskLayer.create(disk, BYTES);
      ByteBuffer changed = ByteBuffer.wrap(Files.readAllBytes(disk));
      changed.putInt(field + (field == 8 || field == 72 ? 4 : 0), 4);
      Files.write(disk, changed.array());

      assertThatThrownBy(() -> written(disk)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void refusesADiskOfAnotherSize() {
    assertRefused(form(BYTES + 512, 1, 1), "another size");
  }

  @Test
  void refusesMoreThanMayBeInUse() throws Exception {
    byte[] form = form(BYTES, 1, 3);

    DiskBlocks.read(new ByteArrayInputStream(form), directory.resolve("fits"), BYTES, 3 * CLUSTER);
    assertThatThrownBy(
            () ->
                DiskBlocks.read(
                    new ByteArrayInputStream(form),
                    directory.resolve("toomuch"),
                    BYTES,
                    3 * CLUSTER - 1))
        .hasMessageContaining("bytes of it are in use");
  }

  @Test
  void refusesClustersOutOfOrderOrBeyondTheEnd() {
    assertRefused(form(BYTES, 5, 1, 3, 1), "not in order");
    assertRefused(form(BYTES, 5, 1, 5, 1), "not in order");
    assertRefused(form(BYTES, 16384, 2), "beyond its end");
    assertRefused(form(BYTES, -1, 1), "not in order");
    assertRefused(form(BYTES, Integer.MAX_VALUE, 1), "beyond its end");
  }

  @Test
  void refusesAnotherEnd() throws Exception {
    byte[] form = form(BYTES, 1, 1);
    byte[] negative = form.clone();
    negative[form.length - 4] = (byte) 0x80;
    byte[] odd = form.clone();
    odd[form.length - 8] = 1;

    assertRefused(Arrays.copyOf(form, form.length + 1), "something follows");
    assertRefused(negative, "its end is malformed");
    assertRefused(odd, "its end is malformed");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 15, 20, 24, 1000, CLUSTER + 24})
  void refusesAFormThatIsCutOff(int length) throws Exception {
    assertRefused(Arrays.copyOf(form(BYTES, 1, 1), length), "cut off");
  }

  @Test
  void refusesWhatIsNoDisk() throws Exception {
    byte[] form = form(BYTES, 1, 1);
    form[0] ^= 1;

    assertRefused(form, "not a disk");
  }

  private void assertRefused(byte[] form, String reason) {
    assertThatThrownBy(
            () ->
                DiskBlocks.read(
                    new ByteArrayInputStream(form),
                    Files.createTempDirectory(directory, "").resolve("disk"),
                    BYTES,
                    BYTES))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(reason);
  }

  private Path read(byte[] form) throws IOException {
    Path disk = directory.resolve("read");
    DiskBlocks.read(new ByteArrayInputStream(form), disk, BYTES, BYTES);
    return disk;
  }

  private static byte[] written(Path disk) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    DiskBlocks.write(disk, out);
    return out.toByteArray();
  }

  private static void write(Path disk, int... clusters) throws IOException {
    try (QcowFile file = QcowFile.create(disk, BYTES)) {
      for (int cluster : clusters) {
        file.write(cluster, cluster(cluster));
      }
      file.finish();
    }
  }

  /** The form of a disk of these runs: the number of the first cluster, and how many there are. */
  private static byte[] form(long bytes, int... runs) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(out);
    try {
      data.writeLong(MAGIC);
      data.writeLong(bytes);
      for (int i = 0; i < runs.length; i += 2) {
        data.writeInt(runs[i]);
        data.writeInt(runs[i + 1]);
        for (int cluster = 0; cluster < runs[i + 1]; cluster++) {
          data.write(cluster(runs[i] + cluster));
        }
      }
      data.writeLong(0);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  private static byte[] cluster(int number) {
    byte[] bytes = new byte[CLUSTER];
    Arrays.fill(bytes, (byte) (number + 1));
    return bytes;
  }
}
