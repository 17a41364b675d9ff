package dev.peer.server;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RunKey;
import dev.peer.core.store.StoredRecord;
import dev.peer.pages.ResultSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

/** The served records, by run key and digest. Of equal records the one added last is served. */
final class ServedRecords implements ResultSource {

  private final ConcurrentMap<RunKey, List<StoredRecord>> byKey = new ConcurrentHashMap<>();
  private final ConcurrentMap<Digest, List<StoredRecord>> byBundle = new ConcurrentHashMap<>();

  void add(StoredRecord record) {
    byKey.merge(record.key(), List.of(record), ServedRecords::joined);
    byBundle.merge(record.bundle().digest(), List.of(record), ServedRecords::joined);
  }

  void remove(StoredRecord record) {
    byKey.computeIfPresent(record.key(), (_, records) -> without(records, record));
    byBundle.computeIfPresent(record.bundle().digest(), (_, records) -> without(records, record));
  }

  @Override
  public List<StoredRecord> all() {
    return byKey.values().stream().map(List::getLast).toList();
  }

  @Override
  public Optional<StoredRecord> withKey(RunKey key) {
    return Optional.ofNullable(byKey.get(key)).map(List::getLast);
  }

  Optional<StoredRecord> withBundle(Digest digest) {
    return Optional.ofNullable(byBundle.get(digest)).map(List::getLast);
  }

  /** How many runs have a result here. */
  int size() {
    return byKey.size();
  }

  private static List<StoredRecord> joined(List<StoredRecord> records, List<StoredRecord> one) {
    return Stream.concat(records.stream(), one.stream()).toList();
  }

  /** Null, which removes the entry, if nothing is left. */
  private static List<StoredRecord> without(List<StoredRecord> records, StoredRecord record) {
    List<StoredRecord> rest = records.stream().filter(r -> r != record).toList();
    return rest.isEmpty() ? null : rest;
  }
}
