package dev.peer.client.rendezvous;

import dev.peer.client.AnswerBody;
import dev.peer.client.BoundedHttpClient;
import dev.peer.client.Timeouts;
import dev.peer.client.rendezvous.ServerSentEvents.Event;
import dev.peer.core.flow.Threads;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.progress.Notices;
import dev.peer.core.record.MalformedException;
import dev.peer.tls.ConnectionException;
import dev.peer.tls.Request;
import dev.peer.tls.Response;
import dev.peer.tls.TlsClient;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.IndexEvent;
import dev.peer.wire.LargeFilesKey;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.RendezvousPath;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Follows the announcements of one repository at one rendezvous. A broken stream continues where it
 * ended; if that is impossible, the rendezvous sends everything again. So an event may come more
 * than once.
 */
public final class RepoEvents implements AutoCloseable {

  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LAST_RETRY = Duration.ofSeconds(15);
  private static final Duration REFUSED_RETRY = Duration.ofSeconds(30);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);
  private static final Duration FOR_EVER = Duration.ofDays(3650);

  private final TlsClient https;
  private final URI rendezvous;
  private final RepoId repo;
  private final Timeouts patience;
  private final Duration silence;
  private final Listener listener;
  private final Notices notices;
  private final Thread thread = Thread.ofVirtual().name("events").unstarted(this::run);
  private String lastId = "";
  private Duration retry = FIRST_RETRY;
  private boolean away;

  /** The repository, and where it is followed. */
  public record Source(URI rendezvous, RepoId repo) {}

  /** Receives events, from one thread. */
  @FunctionalInterface
  public interface Listener {

    /** The peer says that it holds a passed result of this run. */
    void passed(PeerId peer, RunKey key);
  }

  /**
   * Opens no connection yet.
   *
   * @param silence how long a stream may be without a byte; the rendezvous sends some each 15 s
   * @param notices told once when the rendezvous goes away, and once when it is back
   */
  public RepoEvents(
      TlsIdentity identity,
      Source source,
      Timeouts patience,
      Duration silence,
      Listener listener,
      Notices notices) {
    this.https = TlsClient.ofService(identity, patience.connect());
    this.rendezvous = source.rendezvous();
    this.repo = source.repo();
    this.patience = patience;
    this.silence = silence;
    this.listener = listener;
    this.notices = notices;
  }

  /** Begins to follow. */
  public void start() {
    thread.start();
  }

  /** When it returns, no more events come. */
  @Override
  public void close() {
    thread.interrupt();
    https.close();
    Threads.awaitEnd(thread);
  }

  private void run() {
    try {
      while (true) {
        Duration pause;
        try {
          follow();
          pause = FIRST_RETRY;
        } catch (AwayException e) {
          sayAway(e.getMessage());
          pause = e.pause;
        } catch (ConnectionException e) {
          sayAway(BoundedHttpClient.why(e));
          pause = retry;
          retry = shorter(retry.multipliedBy(2), LAST_RETRY);
        } catch (IOException e) {
          sayAway(rendezvous.getAuthority() + ": " + BoundedHttpClient.why(e));
          pause = retry;
          retry = shorter(retry.multipliedBy(2), LAST_RETRY);
        }
        TimeUnit.NANOSECONDS.sleep(
            pause.toNanos() - ThreadLocalRandom.current().nextLong(pause.toNanos() / 5));
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** One stream from its beginning to its end. */
  private void follow() throws IOException, InterruptedException {
    RendezvousPath path = new RendezvousPath.Events(repo);
    Request request =
        Request.get(URI.create(rendezvous + path.text()), patience.answer())
            .with("Accept", MediaTypes.EVENTS);
    if (!lastId.isEmpty()) {
      request = request.with("Last-Event-ID", lastId);
    }
    Response answer = https.send(request);
    if (answer.status() != 200 || !BoundedHttpClient.isOf(answer, MediaTypes.EVENTS)) {
      throw refused(answer);
    }
    try (AnswerBody body = new AnswerBody(answer, silence, FOR_EVER)) {
      sayBack();
      ServerSentEvents events = new ServerSentEvents(body::read);
      for (Optional<Event> next = events.next(); next.isPresent(); next = events.next()) {
        take(next.get());
      }
    }
  }

  /** A reset needs nothing of us: existing results come as events too. */
  private void take(Event event) throws IOException {
    if (event.type().equals(IndexEvent.PASSED)) {
      try {
        IndexEvent passed = IndexEvent.parse(event.data().getBytes(StandardCharsets.UTF_8));
        // A rendezvous of before 0.6 takes it for a result.
        if (!passed.key().equals(LargeFilesKey.of(repo))) {
          listener.passed(passed.peer(), passed.key());
        }
      } catch (MalformedException e) {
        throw new IOException("nonsense: " + BoundedHttpClient.why(e), e);
      }
    }
    lastId = event.id();
  }

  /** A client that is refused, or is one too many, waits longer before it tries again. */
  private AwayException refused(Response answer) throws IOException, InterruptedException {
    BoundedHttpClient.Answer said =
        new BoundedHttpClient(https, patience).read(answer.uri(), answer);
    Duration pause = said.retryAfter().map(after -> after.plusSeconds(1)).orElse(REFUSED_RETRY);
    return new AwayException(
        rendezvous.getAuthority() + ": " + said.why(), shorter(pause, LONGEST_PAUSE));
  }

  private void sayAway(String why) {
    if (!away) {
      notices.say("results of " + repo + " are not followed, trying on: rendezvous " + why);
    }
    away = true;
  }

  private void sayBack() {
    if (away) {
      notices.say("results of " + repo + " are followed again at " + rendezvous.getAuthority());
    }
    away = false;
    retry = FIRST_RETRY;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** It was answered, and not with a stream. */
  private static final class AwayException extends IOException {

    private static final long serialVersionUID = 1L;

    private final Duration pause;

    AwayException(String message, Duration pause) {
      super(message);
      this.pause = pause;
    }
  }
}
