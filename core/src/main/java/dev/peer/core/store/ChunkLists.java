package dev.peer.core.store;

import dev.peer.core.chunk.ChunkList;
import dev.peer.core.record.BundleFrames;
import dev.peer.core.record.MalformedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The lists of the chunks of stored bundles and other contents. A list is made when it is first
 * asked for, and kept beside its content. That does not extend how long a result is kept.
 */
public final class ChunkLists {

  private final Lock making = new ReentrantLock();

  /**
   * The file with a bundle's list, in the form of {@link ChunkList#bytes}. Empty: the bundle is not
   * made of chunks, another's list is being made, or a list cannot be kept here: who asks gets all
   * of the bundle then.
   *
   * @throws NoSuchFileException if the bundle is gone
   */
  public Optional<Path> of(StoredRecord record) throws IOException {
    return of(record.bundleFile(), record.bundleFile().resolveSibling(EntryFiles.CHUNKS));
  }

  /**
   * As {@link #of(StoredRecord)}, for any content.
   *
   * @param list where the list is kept, beside no other content
   */
  public Optional<Path> of(Path file, Path list) throws IOException {
    if (isWhole(list, Files.size(file))) {
      return Optional.of(list);
    }
    if (!making.tryLock()) {
      return Optional.empty();
    }
    try (FileChannel content = FileChannel.open(file)) {
      return make(list, content) ? Optional.of(list) : Optional.empty();
    } catch (MalformedException e) {
      return Optional.empty();
    } finally {
      making.unlock();
    }
  }

  private static boolean isWhole(Path list, long size) {
    try {
      return Files.size(list) <= ChunkList.LARGEST
          && ChunkList.parse(Files.readAllBytes(list), size).size() == size;
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * Makes a list, unless nothing can be written, which shows before all of the content is read.
   * Several processes may make the same one at once.
   *
   * @return whether it is there
   */
  private static boolean make(Path list, FileChannel content)
      throws IOException, MalformedException {
    Path made;
    try (SameTime _ = SameTime.of(list.getParent())) {
      made = Files.createTempFile(list.getParent(), list.getFileName().toString(), ".new");
    } catch (IOException e) {
      return false;
    }
    try {
      return write(list, made, BundleFrames.chunks(content).bytes());
    } finally {
      Files.deleteIfExists(made);
    }
  }

  private static boolean write(Path list, Path made, byte[] bytes) {
    try (SameTime _ = SameTime.of(list.getParent());
        FileChannel channel = FileChannel.open(made, StandardOpenOption.WRITE)) {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(true);
      Files.move(made, list, StandardCopyOption.ATOMIC_MOVE);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
