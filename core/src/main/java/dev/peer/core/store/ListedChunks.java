package dev.peer.core.store;

import dev.peer.core.chunk.Chunk;
import dev.peer.core.chunk.ChunkList;
import dev.peer.core.id.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The chunks of some content that are here in other contents, whose own lists are beside them. A
 * chunk is given only if its bytes have the requested digest now.
 */
public final class ListedChunks implements AutoCloseable {

  private final Map<Digest, Place> places = new HashMap<>();
  private final List<FileChannel> opened = new ArrayList<>();

  private record Place(FileChannel content, Chunk chunk) {}

  /**
   * Content that is here.
   *
   * @param list where the list of its chunks is kept, or will be
   */
  public record Listed(Path content, Path list) {}

  private ListedChunks() {}

  /** No chunks at all. */
  public static ListedChunks none() {
    return new ListedChunks();
  }

  /**
   * Looks for chunks in some contents. A list that is missing is made, for which all of its content
   * is read. Content that goes meanwhile stays readable.
   */
  public static ListedChunks find(ChunkList wanted, List<Listed> contents) throws IOException {
    Set<Digest> digests = wanted.chunks().stream().map(Chunk::digest).collect(Collectors.toSet());
    ListedChunks found = new ListedChunks();
    boolean done = false;
    try {
      for (Listed content : contents) {
        found.add(content, digests);
      }
      done = true;
      return found;
    } finally {
      if (!done) {
        found.close();
      }
    }
  }

  private void add(Listed listed, Set<Digest> wanted) throws IOException {
    try {
      FileChannel content = FileChannel.open(listed.content());
      opened.add(content);
      Optional<Path> list = new ChunkLists().of(listed.content(), listed.list());
      if (list.isPresent()) {
        ChunkList chunks = ChunkList.parse(Files.readAllBytes(list.get()), content.size());
        for (Chunk chunk : chunks.chunks()) {
          if (wanted.contains(chunk.digest())) {
            places.putIfAbsent(chunk.digest(), new Place(content, chunk));
          }
        }
      }
    } catch (NoSuchFileException | IllegalArgumentException e) {
      // It was removed meanwhile, or another's list was put there.
    }
  }

  /** Whether a chunk is here, as far as the lists say. */
  public boolean has(Chunk chunk) {
    Place place = places.get(chunk.digest());
    return place != null && place.chunk().length() == chunk.length();
  }

  /** The bytes of a chunk; empty if it is not here. */
  public Optional<byte[]> bytesOf(Chunk chunk) {
    if (!has(chunk)) {
      return Optional.empty();
    }
    Place place = places.get(chunk.digest());
    ByteBuffer bytes = ByteBuffer.allocate(chunk.length());
    try {
      while (bytes.hasRemaining()
          && place.content().read(bytes, place.chunk().offset() + bytes.position()) >= 0) {}
    } catch (IOException e) {
      // Its disk fails: then it is moved.
      return Optional.empty();
    }
    return Optional.of(bytes.array()).filter(read -> Digest.of(read).equals(chunk.digest()));
  }

  @Override
  public void close() throws IOException {
    for (FileChannel content : opened) {
      content.close();
    }
  }
}
