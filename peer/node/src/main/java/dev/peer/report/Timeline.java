package dev.peer.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  private static final Path STATUS = Path.of("/proc/self/stat");
  private static final Path UPTIME = Path.of("/proc/uptime");
  private static final int START_AFTER_NAME = 20;
  private static final long NANOS_PER_TICK = 10_000_000;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final Map<String, Long> nanos = new LinkedHashMap<>();
  private String current = "start";
  private long since;

  /** A step and its total time. */
  public record Step(String name, Duration duration) {}

  /** Begins with the step {@code start}, which began so long ago. */
  public Timeline(Duration alreadyRunning) {
    since = System.nanoTime() - alreadyRunning.toNanos();
  }

  /** From the start of this process on, to a hundredth of a second. */
  public static Timeline ofProcess() {
    return new Timeline(Duration.ofNanos(age()));
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

  /** How long this process has run; its start is known to the kernel alone. */
  private static long age() {
    try {
      String status = Files.readString(STATUS);
      String[] fields = status.substring(status.lastIndexOf(')') + 2).split(" ");
      double uptime = Double.parseDouble(Files.readString(UPTIME).split(" ")[0]);
      long ticks = Long.parseLong(fields[START_AFTER_NAME - 1]);
      return Math.max(0, (long) (uptime * NANOS_PER_SECOND) - ticks * NANOS_PER_TICK);
    } catch (IOException | RuntimeException e) {
      // Then the time begins here.
      return 0;
    }
  }
}
