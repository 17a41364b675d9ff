package dev.peer.cli.console;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How far a command's step is.
 *
 * @param awaited what the step works on or waits for; may be empty
 * @param transfer the bytes that it moves, if it does
 */
record Progress(String awaited, Optional<Transfer> transfer) {

  /** Of a step that has just begun. */
  static final Progress NONE = new Progress("", Optional.empty());

  private static final double MEBIBYTE = 1 << 20;
  private static final double NANOS_PER_SECOND = 1e9;

  /** Before this a speed would be a guess. */
  private static final long LEAST_NANOS = 500_000_000;

  /** The labels of steps whose names are unclear; empty: nothing to wait for. */
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("start", "starting"),
          Map.entry("settings", "reading the settings"),
          Map.entry("search", "looking up"),
          Map.entry("fetch", "fetching"),
          Map.entry("verify", "verifying"),
          Map.entry("store", "storing"),
          Map.entry("wait", "waiting"),
          Map.entry("queue", "waiting"),
          Map.entry("follow", "following"),
          Map.entry("announce", "announcing"),
          Map.entry("image", "preparing the machine"),
          Map.entry("pull", "pulling"),
          Map.entry("build", "building the guest image"),
          Map.entry("boot", "booting the machine"),
          Map.entry("hello", "booting the machine"),
          Map.entry("resume", "resuming the machine"),
          Map.entry("take", "taking the machine that is ready"),
          Map.entry("template", "making a template of the machine"),
          Map.entry("source", "packing the source"),
          Map.entry("link down", "sealing the machine"),
          Map.entry("clean up", "cleaning up"),
          Map.entry("sign", "signing"),
          Map.entry("timestamp", "asking for a timestamp"),
          Map.entry("replay", "replaying"),
          Map.entry("copy artifacts", "copying artifacts"),
          Map.entry("push", "pushing"),
          Map.entry("serve", ""),
          Map.entry("shell", ""));

  /**
   * Bytes on their way.
   *
   * @param first how many were there at the beginning
   * @param begun when that was, as {@link System#nanoTime}
   * @param at when so many were there, as {@link System#nanoTime}
   */
  record Transfer(long first, long begun, long done, long at, long total) {

    /** So many are there now. */
    Transfer to(long bytes, long now) {
      return new Transfer(first, begun, bytes, now, total);
    }

    /** How far it is, and how many bytes come in a second as long as there is a way to tell. */
    private String text(long now) {
      String far =
          String.format(Locale.ROOT, "%.1f of %.1f MiB", done / MEBIBYTE, total / MEBIBYTE);
      long nanos = (done == total ? at : now) - begun;
      return nanos < LEAST_NANOS
          ? far
          : String.format(
              Locale.ROOT,
              "%s, %.1f MiB/s",
              far,
              (done - first) / MEBIBYTE / (nanos / NANOS_PER_SECOND));
    }
  }

  /** The step has to do with something else now. */
  Progress awaiting(String what) {
    return new Progress(what, Optional.empty());
  }

  /**
   * So many bytes are there.
   *
   * @param now as {@link System#nanoTime}
   */
  Progress moved(long done, long total, long now) {
    Transfer begun =
        transfer
            .filter(known -> known.total() == total && known.done() <= done)
            .orElse(new Transfer(done, now, done, now, total));
    return new Progress(awaited, Optional.of(begun.to(done, now)));
  }

  /**
   * One line for people, such as {@code peer: 0:07 fetching: 3.1 of 80.2 MiB, 1.9 MiB/s, from
   * CN=laptop}: the longest part comes last. In ASCII only, in which each character takes one
   * column.
   *
   * @param step the current step
   * @param took how long it has been
   * @param now as {@link System#nanoTime}
   * @param columns the maximum length of the line; the rest is cut
   * @return empty if there is nothing that would have an end
   */
  String text(String step, Duration took, long now, int columns) {
    String name = NAMES.getOrDefault(step, step);
    if (name.isEmpty() && awaited.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder("peer: ").append(clock(took)).append(' ');
    text.append(name.isEmpty() ? "waiting" : name);
    transfer.ifPresent(bytes -> text.append(": ").append(bytes.text(now)));
    if (!awaited.isEmpty()) {
      text.append(transfer.isPresent() ? ", " : ": ").append(awaited);
    }
    String plain = text.toString().replaceAll("[^ -~]", "?");
    return plain.substring(0, Math.min(plain.length(), Math.max(0, columns)));
  }

  private static String clock(Duration took) {
    String minutesAndSeconds =
        String.format(Locale.ROOT, "%d:%02d", took.toMinutesPart(), took.toSecondsPart());
    return took.toHours() == 0
        ? minutesAndSeconds
        : String.format(
            Locale.ROOT,
            "%d:%02d:%02d",
            took.toHours(),
            took.toMinutesPart(),
            took.toSecondsPart());
  }
}
