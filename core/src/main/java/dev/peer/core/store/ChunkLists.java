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
 * The lists of the chunks of stored bundles. A list is made when it is first asked for, and kept
 * beside its bundle.
 */
public final class ChunkLists {

  private final Lock making = new ReentrantLock();

  /**
   * The file with a bundle's list, in the form of {@link ChunkList#bytes}. Empty: the bundle is not
   * made of chunks, or another's list is being made: who asks gets all of it then.
   *
   * @throws NoSuchFileException if the bundle is gone
   */
  public Optional<Path> of(StoredRecord record) throws IOException {
    Path list = record.bundleFile().resolveSibling(EntryFiles.CHUNKS);
    if (isWhole(list, record.bundle().size())) {
      return Optional.of(list);
    }
    if (!making.tryLock()) {
      return Optional.empty();
    }
    try (FileChannel bundle = FileChannel.open(record.bundleFile())) {
      write(list, BundleFrames.chunks(bundle).bytes());
      return Optional.of(list);
    } catch (MalformedException e) {
      return Optional.empty();
    } finally {
      making.unlock();
    }
  }

  private static boolean isWhole(Path list, long size) throws IOException {
    try {
      return Files.size(list) <= ChunkList.LARGEST
          && ChunkList.parse(Files.readAllBytes(list), size).size() == size;
    } catch (NoSuchFileException | IllegalArgumentException e) {
      return false;
    }
  }

  /** Several processes may write the same list at once. */
  private static void write(Path list, byte[] bytes) throws IOException {
    Path made = Files.createTempFile(list.getParent(), EntryFiles.CHUNKS, ".new");
    try {
      try (FileChannel channel = FileChannel.open(made, StandardOpenOption.WRITE)) {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
          channel.write(left);
        }
        channel.force(true);
      }
      Files.move(made, list, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(made);
    }
  }
}
