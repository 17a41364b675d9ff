package dev.peer.metrics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** A metric for each combination of its labels' values. */
public final class Family<T> {

  private final List<String> labels;
  private final Supplier<T> fresh;
  private final Map<List<String>, T> members = new ConcurrentHashMap<>();

  Family(List<String> labels, Supplier<T> fresh) {
    this.labels = labels;
    this.fresh = fresh;
    if (labels.isEmpty()) {
      with();
    }
  }

  /** The one with these values, in the order of the labels. */
  public T with(String... values) {
    List<String> key = List.of(values);
    T member = members.get(key);
    return member != null ? member : members.computeIfAbsent(key, this::made);
  }

  private T made(List<String> values) {
    if (values.size() != labels.size()) {
      throw new IllegalArgumentException("values of these labels expected: " + labels);
    }
    return fresh.get();
  }

  List<String> labels() {
    return labels;
  }

  void forEach(BiConsumer<List<String>, T> action) {
    members.forEach(action);
  }
}
