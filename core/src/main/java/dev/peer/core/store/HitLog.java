package dev.peer.core.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The hits of each result, in a {@link LineLog} beside it; they go with the result. */
public final class HitLog {

  /** How many hits of a result are known, the latest. */
  public static final int MOST = 1_000;

  private static final int LARGEST = 64 << 10;

  private HitLog() {}

  /** Adds a hit of an open result. Does not wait for the disk. */
  public static void add(StoredRecord record, Hit hit) throws IOException {
    log(record.bundleFile()).add(hit.line());
  }

  /** The hits of an open result, the latest last; none where they cannot be read. */
  public static List<Hit> of(StoredRecord record) {
    return log(record.bundleFile()).latest();
  }

  /** The hits of a result in the store, the latest last; none if it has just been removed. */
  public static List<Hit> of(StoredEntry entry) {
    return log(entry.bundleFile()).latest();
  }

  private static LineLog<Hit> log(Path bundle) {
    return new LineLog<>(bundle.resolveSibling(EntryFiles.HITS), Hit::parse, LARGEST, MOST);
  }
}
