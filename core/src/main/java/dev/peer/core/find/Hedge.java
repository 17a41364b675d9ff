package dev.peer.core.find;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Asks several sources the same question without waiting for silent ones: asks the next source as
 * well after a delay, and at once when one has failed. The first answer counts; the other requests
 * are interrupted.
 *
 * @param <A> a source
 * @param <T> the answer
 * @param <F> why a source has no answer
 */
public final class Hedge<A, T, F> {

  private final Duration delay;
  private final Question<A, T, F> question;
  private final BiConsumer<A, F> failed;
  private final Consumer<T> tooLate;

  /**
   * Asks nothing yet.
   *
   * @param delay how long to wait for the sources in progress before asking the next one
   * @param question asks one, on a thread of its own
   * @param failed told of each failure, on the thread that waits for the answer
   * @param tooLate gets answers that came after the first, on any thread
   */
  public Hedge(
      Duration delay, Question<A, T, F> question, BiConsumer<A, F> failed, Consumer<T> tooLate) {
    this.delay = delay;
    this.question = question;
    this.failed = failed;
    this.tooLate = tooLate;
  }

  /** Asks one; ends soon when its thread is interrupted. */
  @FunctionalInterface
  public interface Question<A, T, F> {

    /** An answer, or why there is none. */
    Answer<T, F> ask(A asked) throws InterruptedException;
  }

  /** One source's answer. */
  public sealed interface Answer<T, F> {

    /** The answer. */
    record Given<T, F>(T value) implements Answer<T, F> {}

    /** It is not to be had there. */
    record Failed<T, F>(F why) implements Answer<T, F> {}
  }

  /** The first answer, or empty if all have failed. */
  public Optional<T> first(List<A> all) throws InterruptedException {
    try (Race race = new Race()) {
      Iterator<A> next = all.iterator();
      int asked = 0;
      while (asked > 0 || next.hasNext()) {
        if (next.hasNext()) {
          race.ask(next.next());
          asked++;
        }
        Optional<Said<A, T, F>> said = next.hasNext() ? race.await(delay) : race.await();
        if (said.isPresent()) {
          asked--;
          switch (said.get().answer()) {
            case Answer.Given<T, F>(T value) -> {
              return Optional.of(value);
            }
            case Answer.Failed<T, F>(F why) -> failed.accept(said.get().who(), why);
          }
        }
      }
      return Optional.empty();
    }
  }

  /**
   * A source's reply; a fault of this program instead of a reply is thrown to the waiting caller.
   */
  private record Said<A, T, F>(A who, Answer<T, F> said, Throwable fault) {

    Answer<T, F> answer() {
      return switch (fault) {
        case null -> said;
        case Error error -> throw error;
        default -> throw new IllegalStateException(fault);
      };
    }
  }

  /**
   * The requests in progress, each on a thread of the platform: after a virtual one has waited for
   * a socket, the JVM ends 0.3 s later.
   */
  private final class Race implements AutoCloseable {

    private final List<Thread> threads = new ArrayList<>();
    private final BlockingQueue<Said<A, T, F>> said = new LinkedBlockingQueue<>();
    private boolean over;

    void ask(A who) {
      threads.add(
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    try {
                      says(new Said<>(who, question.ask(who), null));
                    } catch (InterruptedException | RuntimeException | Error e) {
                      says(new Said<>(who, null, e));
                    }
                  }));
    }

    Optional<Said<A, T, F>> await() throws InterruptedException {
      return Optional.of(said.take());
    }

    Optional<Said<A, T, F>> await(Duration atMost) throws InterruptedException {
      return Optional.ofNullable(said.poll(atMost.toNanos(), TimeUnit.NANOSECONDS));
    }

    private synchronized void says(Said<A, T, F> one) {
      if (over) {
        drop(one);
      } else {
        said.add(one);
      }
    }

    private void drop(Said<A, T, F> one) {
      if (one.said() instanceof Answer.Given<T, F>(T value)) {
        tooLate.accept(value);
      }
    }

    /** Does not wait for the requests that it interrupts: one may be resolving a name. */
    @Override
    public synchronized void close() {
      over = true;
      threads.forEach(Thread::interrupt);
      said.forEach(this::drop);
    }
  }
}
