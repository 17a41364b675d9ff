package dev.peer.core.flow;

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
 * Asks several the same, without waiting for those that say nothing: the next one is asked beside
 * the ones before when they have been silent for a while, and at once when one of them has failed.
 * The first answer counts; whoever is still being asked then is interrupted.
 *
 * @param <A> who is asked
 * @param <T> what is wanted
 * @param <F> why somebody does not give it
 */
public final class Hedge<A, T, F> {

  private final Duration delay;
  private final Question<A, T, F> question;
  private final BiConsumer<A, F> failed;
  private final Consumer<T> tooLate;

  /**
   * Nobody is asked yet.
   *
   * @param delay how long to wait for those who are being asked before the next one is
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

    /** What was asked for, or why it is not to be had. */
    Answer<T, F> ask(A asked) throws InterruptedException;
  }

  /** What one of them says. */
  public sealed interface Answer<T, F> {

    /** What was wanted. */
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

  /** Who said what; a fault of this program instead of an answer is thrown to whoever waits. */
  private record Said<A, T, F>(A who, Answer<T, F> said, Throwable fault) {

    Answer<T, F> answer() {
      switch (fault) {
        case null -> {
          return said;
        }
        case Error error -> throw error;
        default -> throw new IllegalStateException(fault);
      }
    }
  }

  /** Those who are being asked at one time. */
  private final class Race implements AutoCloseable {

    private final List<Thread> threads = new ArrayList<>();
    private final BlockingQueue<Said<A, T, F>> said = new LinkedBlockingQueue<>();
    private boolean over;

    void ask(A who) {
      threads.add(
          Thread.ofVirtual()
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

    /** Does not wait for those that it interrupts: a name may be just being looked up. */
    @Override
    public synchronized void close() {
      over = true;
      threads.forEach(Thread::interrupt);
      said.forEach(this::drop);
    }
  }
}
