package dev.peer.core.store;

import dev.peer.core.record.MalformedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;

/**
 * When each result was sent to other peers, in a {@link LineLog} beside it, which goes with the
 * result. It says nothing of what they did with it.
 */
public final class SentLog {

  /** How many sendings of a result are known, the latest. */
  public static final int MOST = 1_000;

  private static final int LARGEST = 64 << 10;
  private static final Pattern TIME = Pattern.compile("[0-9]{1,15}");

  private SentLog() {}

  /** Adds that another peer got all of an open result. Does not wait for the disk. */
  public static void add(StoredRecord record, Instant at) throws IOException {
    try (SameTime _ = SameTime.of(record.bundleFile().getParent())) {
      log(record.bundleFile()).add(Long.toString(at.toEpochMilli()));
    }
  }

  /** The sendings of an open result, the latest last; none where they cannot be read. */
  public static List<Instant> of(StoredRecord record) {
    return log(record.bundleFile()).latest();
  }

  /** Those of a result in the store, the latest last; none if it has just been removed. */
  public static List<Instant> of(StoredEntry entry) {
    return log(entry.bundleFile()).latest();
  }

  private static LineLog<Instant> log(Path bundle) {
    return new LineLog<>(bundle.resolveSibling(EntryFiles.SENT), SentLog::parse, LARGEST, MOST);
  }

  private static Instant parse(String line) throws MalformedException {
    if (!TIME.matcher(line).matches()) {
      throw new MalformedException("sending: a time was expected");
    }
    return Instant.ofEpochMilli(Long.parseLong(line));
  }
}
