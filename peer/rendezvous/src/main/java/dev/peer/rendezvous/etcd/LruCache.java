package dev.peer.rendezvous.etcd;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The recently used entries, bounded: the least recently used one goes first. */
final class LruCache<K, V> {

  private static final int MOST = 100_000;

  private final Map<K, V> values =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
          return size() > MOST;
        }
      };

  synchronized Optional<V> get(K key) {
    return Optional.ofNullable(values.get(key));
  }

  synchronized void put(K key, V value) {
    values.put(key, value);
  }

  synchronized void remove(K key) {
    values.remove(key);
  }
}
