package dev.peer.rendezvous;

import dev.peer.wire.EventId;
import dev.peer.wire.HolderList;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;

/** The latest events of passed results, and their listeners. Changed under the index's lock. */
final class History {

  /** The ids of one index: those of another one, before a restart, mean nothing to it. */
  private final String epoch = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());

  private final int kept;
  private final Deque<Change> lately = new ArrayDeque<>();
  private final Map<Fingerprint, Listener[]> listeners = new HashMap<>();
  private long last;

  /**
   * Begins with nothing.
   *
   * @param kept how many events it remembers for returning clients, and how far a listener may be
   *     behind
   */
  History(int kept) {
    this.kept = kept;
  }

  /** Something that happened to one result at one holder. */
  record Change(
      long number,
      Fingerprint repository,
      Fingerprint run,
      HolderList.Entry holder,
      boolean passed) {}

  /** The new events for one follower of a repository; read without the lock. */
  static final class Listener {

    private final Fingerprint repository;
    private final BlockingQueue<Change> news;
    private final long since;
    private volatile boolean behind;

    private Listener(Fingerprint repository, int most, long since) {
      this.repository = repository;
      this.news = new LinkedBlockingQueue<>(most);
      this.since = since;
    }

    BlockingQueue<Change> news() {
      return news;
    }

    /** After which event it listens. */
    long since() {
      return since;
    }

    /** Whether it was told too much at once, so that something is missing. */
    boolean isBehind() {
      return behind;
    }

    private void tell(Change change) {
      behind |= !news.offer(change);
    }
  }

  void passed(Announcement one) {
    add(one, true);
  }

  void gone(Announcement one) {
    add(one, false);
  }

  private void add(Announcement one, boolean passed) {
    Change change = new Change(++last, one.repository.name, one.run, one.lease.entry(), passed);
    lately.add(change);
    if (lately.size() > kept) {
      lately.remove();
    }
    for (Listener listener : listeners.getOrDefault(change.repository, new Listener[0])) {
      listener.tell(change);
    }
  }

  /** Listens from now on. */
  Listener listen(Fingerprint repository) {
    Listener listener = new Listener(repository, kept, last);
    listeners.merge(repository, new Listener[] {listener}, History::joined);
    return listener;
  }

  /** Listens from that event on; empty: the events since then are unknown. */
  Optional<Listener> listen(Fingerprint repository, EventId after) {
    Optional<Long> number = number(after);
    if (number.isEmpty()) {
      return Optional.empty();
    }
    Listener listener = listen(repository);
    lately.stream()
        .filter(change -> change.number > number.get())
        .filter(change -> change.repository.equals(repository))
        .forEach(listener::tell);
    return Optional.of(listener);
  }

  void forget(Listener listener) {
    listeners.computeIfPresent(
        listener.repository,
        (_, all) -> {
          List<Listener> rest = Arrays.stream(all).filter(other -> other != listener).toList();
          return rest.isEmpty() ? null : rest.toArray(Listener[]::new);
        });
  }

  EventId id(long number) {
    return new EventId(epoch + "-" + number);
  }

  /** The event's number, if all events since then are known. */
  private Optional<Long> number(EventId id) {
    String text = id.text();
    if (!text.startsWith(epoch + "-")) {
      return Optional.empty();
    }
    try {
      long number = Long.parseLong(text.substring(epoch.length() + 1));
      boolean known = number <= last && number >= last - lately.size();
      return known ? Optional.of(number) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Listener[] joined(Listener[] some, Listener[] more) {
    Listener[] all = Arrays.copyOf(some, some.length + more.length);
    System.arraycopy(more, 0, all, some.length, more.length);
    return all;
  }
}
