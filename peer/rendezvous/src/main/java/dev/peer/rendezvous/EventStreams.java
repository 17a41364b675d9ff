package dev.peer.rendezvous;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.peer.core.id.PeerId;
import dev.peer.http.HttpCall;
import dev.peer.http.ProblemException;
import dev.peer.rendezvous.ResultFeed.Event;
import dev.peer.wire.EventId;
import dev.peer.wire.IndexEvent;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.Problem;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/**
 * Streams of server-sent events, bounded for each identity. A comment now and then keeps each one
 * open while nothing happens, and detects lost clients.
 */
final class EventStreams implements AutoCloseable {

  /** How many streams one identity may have open. */
  static final int OF_ONE_PEER = 64;

  private static final ByteBuffer COMMENT = ByteBuffer.wrap(":\n\n".getBytes(UTF_8));

  private final Duration quiet;
  private final ConcurrentMap<PeerId, Integer> open = new ConcurrentHashMap<>();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * Has none yet.
   *
   * @param quiet the time without an event after which a comment is sent
   */
  EventStreams(Duration quiet) {
    this.quiet = quiet;
  }

  /** Answers with events until the caller is gone, refused, or this is closed. */
  void serve(HttpCall call, Function<Optional<EventId>, ResultFeed> follow)
      throws ProblemException, IOException {
    PeerId peer = call.caller().id();
    if (open.merge(peer, 1, Integer::sum) > OF_ONE_PEER) {
      close(peer);
      throw new ProblemException(
          Problem.Kind.TOO_MANY, peer + " may have at most " + OF_ONE_PEER + " streams here");
    }
    threads.add(Thread.currentThread());
    try (ResultFeed feed = follow.apply(call.header("Last-Event-ID").flatMap(EventId::ofHeader))) {
      call.set("Cache-Control", "no-store");
      call.answer(200, MediaTypes.EVENTS, sink -> write(feed, sink));
    } finally {
      threads.remove(Thread.currentThread());
      close(peer);
    }
  }

  private void write(ResultFeed feed, HttpCall.Sink sink) throws IOException {
    try {
      while (!closed) {
        Optional<Event> event = feed.next(quiet);
        sink.write(event.map(EventStreams::text).orElseGet(COMMENT::duplicate));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      if (!closed) {
        throw new InterruptedIOException("the caller is refused");
      }
    } catch (IndexUnavailableException e) {
      throw new IOException("the index cannot be reached: " + e.getMessage(), e);
    }
  }

  private static ByteBuffer text(Event event) {
    return switch (event) {
      case Event.Reset(Optional<EventId> id) ->
          text("reset", Optional.of(id.map(EventId::text).orElse("")), "{}");
      case Event.Passed(Optional<EventId> id, IndexEvent result) ->
          text(IndexEvent.PASSED, id.map(EventId::text), new String(result.json(), UTF_8));
      case Event.Gone(Optional<EventId> id, IndexEvent result) ->
          text("gone", id.map(EventId::text), new String(result.json(), UTF_8));
    };
  }

  /** An empty id takes back the one before. */
  private static ByteBuffer text(String type, Optional<String> id, String data) {
    String line = id.map(text -> "id: " + text + "\n").orElse("");
    return ByteBuffer.wrap(
        ("event: " + type + "\n" + line + "data: " + data + "\n\n").getBytes(UTF_8));
  }

  private void close(PeerId peer) {
    open.computeIfPresent(peer, (_, count) -> count == 1 ? null : count - 1);
  }

  /** Ends all streams. */
  @Override
  public void close() {
    closed = true;
    threads.forEach(Thread::interrupt);
  }
}
