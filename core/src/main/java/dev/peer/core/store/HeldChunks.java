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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The chunks of a repository's latest results, to make another bundle of. A chunk is given only if
 * its bytes have the requested digest now.
 */
public final class HeldChunks implements AutoCloseable {

  /** In how many of the latest results chunks are looked for. */
  private static final int MOST_BUNDLES = 4;

  private final List<FileChannel> bundles = new ArrayList<>();
  private Optional<Map<Integer, List<Place>>> byLength = Optional.empty();

  private record Place(FileChannel bundle, BundleFrames.Frame frame) {}

  private HeldChunks() {}

  /** No chunks at all. */
  public static HeldChunks none() {
    return new HeldChunks();
  }

  /** Opens the latest results of a repository. Reads none before it is asked for a chunk. */
  public static HeldChunks open(Store store, RepoId repo) throws IOException {
    HeldChunks held = new HeldChunks();
    boolean done = false;
    try {
      List<Location> latest = store.entries().locations(repo);
      for (int i = 0; i < latest.size() && held.bundles.size() < MOST_BUNDLES; i++) {
        held.add(latest.get(i));
      }
      done = true;
      return held;
    } finally {
      if (!done) {
        held.close();
      }
    }
  }

  /** An open file stays readable if the entry is removed meanwhile. */
  private void add(Location entry) throws IOException {
    try {
      bundles.add(FileChannel.open(entry.directory().resolve(EntryFiles.BUNDLE)));
    } catch (NoSuchFileException e) {
      // It was removed meanwhile.
    }
  }

  /** Where chunks are, by their lengths. Several holders' lists may be looked at at once. */
  private synchronized Map<Integer, List<Place>> places() throws IOException {
    if (byLength.isEmpty()) {
      Map<Integer, List<Place>> places = new HashMap<>();
      for (FileChannel bundle : bundles) {
        try {
          for (BundleFrames.Frame frame : BundleFrames.read(bundle)) {
            places
                .computeIfAbsent(frame.length(), _ -> new ArrayList<>())
                .add(new Place(bundle, frame));
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
    return bundles.isEmpty();
  }

  /** The lengths of the chunks that are here: one of another length is not. */
  public Set<Integer> lengths() throws IOException {
    return Set.copyOf(places().keySet());
  }

  /** The bytes of a chunk; empty if it is not here. */
  public Optional<ByteBuffer> bytesOf(Chunk chunk) throws IOException {
    for (Place place : places().getOrDefault(chunk.length(), List.of())) {
      try {
        ByteBuffer bytes = BundleFrames.bytesOf(place.bundle(), place.frame());
        if (Digest.of(bytes.array()).equals(chunk.digest())) {
          return Optional.of(bytes);
        }
      } catch (IOException | MalformedException e) {
        // The bundle was cut off after it was opened, or its disk fails: that is another result's.
        continue;
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    for (FileChannel bundle : bundles) {
      bundle.close();
    }
  }
}
