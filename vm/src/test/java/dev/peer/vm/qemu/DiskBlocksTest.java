package dev.peer.vm.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiskBlocksTest {

  private static final long MAGIC = 0x706565722d64736cL;
  private static final int CLUSTER = 1 << 16;
  private static final int BLOCK = 1 << 12;
  private static final int PER_CLUSTER = CLUSTER / BLOCK;

  /** Not a multiple of a cluster, and more than one table of 512 MiB. */
  private static final long BYTES = (1L << 30) + 512;

  @TempDir private Path directory;

  @Test
  void givesTheBlocksInUseInTheOrderOfTheDisk() throws Exception {
    byte[] form = form(BYTES, 3, 1, 47, 2, 64, 700, 131072, 16);

    Path disk = read(form);

    assertThat(written(disk)).isEqualTo(form);
    DiskLayer.requireWhole(disk);
  }

  /** So the same files are the same chunks, wherever they are on a disk. */
  @Test
  void givesWhereTheBlocksAreApartFromTheirBytes() throws Exception {
    Path one = directory.resolve("one");
    Path other = directory.resolve("other");
    writeAt(one, 9, 4, 5, 6);
    writeAt(other, 700, 4, 5, 6);

    byte[] form = written(one);
    byte[] moved = written(other);
    int head = form.length - 3 * CLUSTER;
    assertThat(Arrays.copyOfRange(form, head, form.length))
        .isEqualTo(Arrays.copyOfRange(moved, head, moved.length));
  }

  @Test
  void leavesOutWhatExt4DoesNotUse() throws Exception {
    Path disk = directory.resolve("disk");
    writeExt4(disk, 0x80, 0);

    // The superblock, what describes the groups, the bitmap; of the others each second one.
    assertThat(runs(written(disk))).startsWith(0, 3, 4, 1, 6, 1, 8, 1).hasSize(2 * 15);
  }

  /** Then its bitmap may be behind, be missing, or mean other blocks. */
  @Test
  void leavesOutNothingOfAFileSystemThatItDoesNotKnow() throws Exception {
    Path journaled = directory.resolve("journaled");
    writeExt4(journaled, 0x80, 0x4);
    Path small = directory.resolve("small");
    writeExt4(small, 0, 0);

    assertThat(runs(written(journaled))).containsExactly(0, 32);
    assertThat(runs(written(small))).containsExactly(0, 32);
  }

  /** So equal disks are equal chunks, whatever order they were written in. */
  @Test
  void doesNotDependOnTheOrderOfTheFile() throws Exception {
    Path there = directory.resolve("there");
    Path back = directory.resolve("back");
    write(there, 1, 2, 5);
    write(back, 5, 2, 1);

    assertThat(Files.readAllBytes(there)).isNotEqualTo(Files.readAllBytes(back));
    assertThat(written(there)).isEqualTo(written(back)).isEqualTo(form(BYTES, 16, 32, 80, 16));
  }

  @Test
  void leavesOutBlocksOfZeros() throws Exception {
    Path disk = directory.resolve("disk");
    byte[] cluster = cluster(7);
    Arrays.fill(cluster, BLOCK, 3 * BLOCK, (byte) 0);
    try (QcowFile file = QcowFile.create(disk, BYTES)) {
      file.write(4, new byte[CLUSTER]);
      file.write(7, cluster);
      file.finish();
    }

    assertThat(written(disk)).isEqualTo(form(BYTES, 112, 1, 115, 13));
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
    Path disk = read(form(BYTES, 3, 1, 60, 5, 131072, 1));

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
    byte[] form = form(BYTES, 1, 1, 3, 30, 36, 1);

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
  void refusesBlocksOutOfOrderOrBeyondTheEnd() {
    assertRefused(form(BYTES, 5, 1, 3, 1), "not in order");
    assertRefused(form(BYTES, 5, 1, 5, 1), "not in order");
    assertRefused(form(BYTES, 5, 0), "not in order");
    assertRefused(form(BYTES, 262144, 17), "beyond its end");
    assertRefused(form(BYTES, -1, 1), "not in order");
    assertRefused(form(BYTES, Integer.MAX_VALUE, 1), "beyond its end");
  }

  @Test
  void refusesAnotherEndOrNumberOfRuns() throws Exception {
    byte[] form = form(BYTES, 1, 1);
    byte[] negative = form.clone();
    negative[16] = (byte) 0x80;

    assertRefused(Arrays.copyOf(form, form.length + 1), "something follows");
    assertRefused(negative, "it has -2147483647 runs");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 15, 19, 20, 27, 1000, BLOCK + 27})
  void refusesAFormThatIsCutOff(int length) throws Exception {
    assertRefused(Arrays.copyOf(form(BYTES, 1, 1), length), "cut off");
  }

  @Test
  void refusesWhatIsNoDisk() throws Exception {
    byte[] form = form(BYTES, 1, 1);
    form[0] ^= 1;

    assertRefused(form, "not a disk in the form of this version");
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

  /** The contents of some clusters, from another one on. */
  private static void writeAt(Path disk, int first, int... clusters) throws IOException {
    try (QcowFile file = QcowFile.create(disk, BYTES)) {
      for (int i = 0; i < clusters.length; i++) {
        file.write(first + i, cluster(clusters[i]));
      }
      file.finish();
    }
  }

  /** Two clusters of an ext4 of one group that uses the first three blocks, and each second one. */
  private static void writeExt4(Path disk, int incompatible, int compatible) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(2 * CLUSTER).order(ByteOrder.LITTLE_ENDIAN);
    Arrays.fill(bytes.array(), (byte) 7);
    Arrays.fill(bytes.array(), 0, 3 * BLOCK, (byte) 0);
    int superblock = 1024;
    bytes.putInt(superblock + 0x4, 8 * BLOCK);
    bytes.putInt(superblock + 0x18, 2);
    bytes.putInt(superblock + 0x20, 8 * BLOCK);
    bytes.putShort(superblock + 0x38, (short) 0xef53);
    bytes.putInt(superblock + 0x5c, compatible);
    bytes.putInt(superblock + 0x60, incompatible);
    bytes.putShort(superblock + 0xfe, (short) 64);
    bytes.putInt(BLOCK, 2);
    Arrays.fill(bytes.array(), 2 * BLOCK, 3 * BLOCK, (byte) 0x55);
    bytes.put(2 * BLOCK, (byte) 0x57);
    try (QcowFile file = QcowFile.create(disk, BYTES)) {
      file.write(0, Arrays.copyOf(bytes.array(), CLUSTER));
      file.write(1, Arrays.copyOfRange(bytes.array(), CLUSTER, 2 * CLUSTER));
      file.finish();
    }
  }

  /** The first blocks of a form's runs, and how many each has. */
  private static List<Integer> runs(byte[] form) {
    ByteBuffer bytes = ByteBuffer.wrap(form).position(16);
    int runs = bytes.getInt();
    return IntStream.range(0, 2 * runs).mapToObj(_ -> bytes.getInt()).toList();
  }

  /** The form of a disk of these runs: the number of the first block, and how many there are. */
  private static byte[] form(long bytes, int... runs) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(out);
    try {
      data.writeLong(MAGIC);
      data.writeLong(bytes);
      data.writeInt(runs.length / 2);
      for (int number : runs) {
        data.writeInt(number);
      }
      for (int i = 0; i < runs.length; i += 2) {
        for (int block = 0; block < runs[i + 1]; block++) {
          data.write(cluster((runs[i] + block) / PER_CLUSTER), 0, BLOCK);
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  private static byte[] cluster(int number) {
    byte[] bytes = new byte[CLUSTER];
    Arrays.fill(bytes, (byte) (number % 100 + 1));
    return bytes;
  }
}
