package dev.peer.report;

import dev.peer.core.platform.Platform;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the time of this process goes: each moment from its start on belongs to one step, so the
 * steps add up to the whole.
 */
public final class Timeline {

  private final Map<String, Long> nanos = new LinkedHashMap<>();
  private String current = "start";
  private long since;

  /** A step and its total time. */
  public record Step(String name, Duration duration) {}

  /** Begins with the step {@code start}, which began so long ago. */
  public Timeline(Duration alreadyRunning) {
    since = System.nanoTime() - alreadyRunning.toNanos();
  }

  /** From the start of this process on, if the system says when that was. */
  public static Timeline ofProcess() {
    return new Timeline(Platform.current().age().orElse(Duration.ZERO));
  }

  /** Another step begins. */
  public synchronized void begin(String step) {
    count(System.nanoTime());
    current = step;
  }

  /** The step of now, and how long it has taken so far. */
  public synchronized Step now() {
    count(System.nanoTime());
    return new Step(current, Duration.ofNanos(nanos.get(current)));
  }

  /** The steps up to now, in the order of their first beginnings. */
  public synchronized List<Step> steps() {
    count(System.nanoTime());
    List<Step> steps = new ArrayList<>();
    nanos.forEach((name, duration) -> steps.add(new Step(name, Duration.ofNanos(duration))));
    return steps;
  }

  /** The time from the beginning of the first step up to now. */
  public Duration total() {
    return steps().stream().map(Step::duration).reduce(Duration.ZERO, Duration::plus);
  }

  private void count(long now) {
    nanos.merge(current, now - since, Long::sum);
    since = now;
  }
}
