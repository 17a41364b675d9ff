package dev.peer.vm.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** The events of one machine, from its start. */
final class QmpEvents {

  private static final int MOST = 10_000;

  private final List<JsonNode> seen = new ArrayList<>();
  private boolean ended;

  synchronized void add(JsonNode event) {
    if (seen.size() < MOST) {
      seen.add(event);
    }
    notifyAll();
  }

  /** No more will come. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** The content of the first event of this kind. */
  synchronized <T> Optional<T> first(Function<JsonNode, Optional<T>> kind) {
    return seen.stream().map(kind).flatMap(Optional::stream).findFirst();
  }

  /** How many there have been. */
  synchronized int count() {
    return seen.size();
  }

  /** The first event of the kind, which may have come already. */
  JsonNode await(Predicate<JsonNode> predicate, Duration most)
      throws IOException, InterruptedException {
    return await(0, predicate, most);
  }

  /** The first event of the kind after so many others. */
  synchronized JsonNode await(int after, Predicate<JsonNode> predicate, Duration most)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + most.toNanos();
    while (true) {
      for (JsonNode event : seen.subList(after, seen.size())) {
        if (predicate.test(event)) {
          return event;
        }
      }
      long left = (end - System.nanoTime()) / 1_000_000;
      if (ended) {
        throw new IOException("the machine ended");
      }
      if (left <= 0) {
        throw new IOException("the machine took longer than " + most.toSeconds() + " s");
      }
      wait(left);
    }
  }
}
