package dev.peer.daemon;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A run of the queue at one moment.
 *
 * @param id its number; later runs have higher ones
 * @param accepted when it was accepted
 * @param attempts in how many daemons it got a machine; more than one: the others were killed
 * @param position where it stands
 * @param end how and when it ended, if it has
 */
public record QueuedRun(
    long id,
    RunRequest request,
    Instant accepted,
    int attempts,
    Position position,
    Optional<End> end) {

  /**
   * Where a run stands.
   *
   * @param place its place in the queue for a machine; 1 is the next, 0: it does not wait
   * @param begun when it got its machine, if it has one
   * @param name whose result it is to give, as soon as that is known
   */
  public record Position(
      State state, int place, Optional<Instant> begun, Optional<ResultName> name) {

    /** Of a run of which no more is known. */
    public static Position of(State state) {
      return new Position(state, 0, Optional.empty(), Optional.empty());
    }
  }

  /** How and when a run ended. */
  public record End(QueuedRunEnd ending, Instant at) {}

  static QueuedRun of(QueueEntry entry, Position position) {
    return new QueuedRun(
        entry.id(), entry.request(), entry.accepted(), entry.attempts(), position, entry.end());
  }

  /** What it does. */
  public State state() {
    return position.state();
  }

  /** What a run does. */
  public enum State {
    /** It looks for a result, here and elsewhere, or follows a run elsewhere. */
    SEARCHING,
    /** It waits for a machine. */
    WAITING,
    /** It has a machine. */
    RUNNING,
    /** It has ended. */
    ENDED;

    /** The name, for people and programs. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
