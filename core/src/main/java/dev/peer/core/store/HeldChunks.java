package dev.peer.core.store;

import dev.peer.core.chunk.Chunk;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.record.BundleFrames;
import dev.peer.core.record.MalformedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The chunks of the latest contents of a repository, to make another content of: bundles of
 * results, or runtimes. A chunk is given only if its bytes have the requested digest now.
 */
public final class HeldChunks implements AutoCloseable {

  /** In how many of the latest contents chunks are looked for. */
  private static final int MOST_CONTENTS = 4;

  private final List<FileChannel> contents = new ArrayList<>();
  private Optional<Map<Integer, List<Place>>> byLength = Optional.empty();

  private record Place(FileChannel content, BundleFrames.Frame frame) {}

  private HeldChunks() {}

  /** No chunks at all. */
  public static HeldChunks none() {
    return new HeldChunks();
  }

  /** Opens the latest results of a repository. Reads none before it is asked for a chunk. */
  public static HeldChunks open(Store store, RepoId repo) throws IOException {
    return open(
        store.entries().locations(repo).stream()
            .map(entry -> entry.directory().resolve(EntryFiles.BUNDLE))
            .toList());
  }

  /**
   * Opens the first ones of some contents. Reads none before it is asked for a chunk.
   *
   * @param files the latest first
   */
  public static HeldChunks open(List<Path> files) throws IOException {
    HeldChunks held = new HeldChunks();
    boolean done = false;
    try {
      for (int i = 0; i < files.size() && held.contents.size() < MOST_CONTENTS; i++) {
        held.add(files.get(i));
      }
      done = true;
      return held;
    } finally {
      if (!done) {
        held.close();
      }
    }
  }

  /** An open file stays readable if it is removed meanwhile. */
  private void add(Path file) throws IOException {
    try {
      contents.add(FileChannel.open(file));
    } catch (NoSuchFileException e) {
      // It was removed meanwhile.
    }
  }

  /** Where chunks are, by their lengths. Several holders' lists may be looked at at once. */
  private synchronized Map<Integer, List<Place>> places() throws IOException {
    if (byLength.isEmpty()) {
      Map<Integer, List<Place>> places = new HashMap<>();
      for (FileChannel content : contents) {
        try {
          for (BundleFrames.Frame frame : BundleFrames.read(content)) {
            places
                .computeIfAbsent(frame.length(), _ -> new ArrayList<>())
                .add(new Place(content, frame));
          }
        } catch (MalformedException e) {
          // It is not made of chunks.
          continue;
        }
      }
      byLength = Optional.of(places);
    }
    return byLength.get();
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return contents.isEmpty();
  }

  /** The lengths of the chunks that are here: one of another length is not. */
  public Set<Integer> lengths() throws IOException {
    return Set.copyOf(places().keySet());
  }

  /** The bytes of a chunk; empty if it is not here. */
  public Optional<ByteBuffer> bytesOf(Chunk chunk) throws IOException {
    for (Place place : places().getOrDefault(chunk.length(), List.of())) {
      try {
        ByteBuffer bytes = BundleFrames.bytesOf(place.content(), place.frame());
        if (Digest.of(bytes.array()).equals(chunk.digest())) {
          return Optional.of(bytes);
        }
      } catch (IOException | MalformedException e) {
        // It was cut off after it was opened, or its disk fails: that is another content's.
        continue;
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    for (FileChannel content : contents) {
      content.close();
    }
  }
}
