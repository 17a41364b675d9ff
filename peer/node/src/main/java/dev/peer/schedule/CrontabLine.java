package dev.peer.schedule;

import com.cronutils.model.Cron;
import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import dev.peer.core.id.Printable;
import dev.peer.core.key.RunInputs;
import dev.peer.core.record.MalformedException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A line of a crontab: its time, time zone and targets. */
final class CrontabLine {

  static final String FORM =
      "five fields (minute hour day-of-month month day-of-week) or one of @hourly, @daily,"
          + " @weekly, @monthly, @yearly, then targets of mk";

  /** So many times that have passed are counted, no more. */
  private static final int MOST_COUNTED = 1000;

  private static final int FIELDS = 5;
  private static final Pattern ASSIGNMENT = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*=\\P{Cntrl}*");
  private static final CronParser PARSER = new CronParser(definition());

  private final int number;
  private final String when;
  private final List<String> what;
  private final ZoneId zone;
  private final ExecutionTime times;

  private CrontabLine(
      int number, String when, List<String> what, ZoneId zone, ExecutionTime times) {
    this.number = number;
    this.when = when;
    this.what = List.copyOf(what);
    this.zone = zone;
    this.times = times;
  }

  /** The definition of the library's for Unix, and names for the common times. */
  private static CronDefinition definition() {
    return CronDefinitionBuilder.defineCron()
        .withMinutes()
        .withStrictRange()
        .and()
        .withHours()
        .withStrictRange()
        .and()
        .withDayOfMonth()
        .withStrictRange()
        .and()
        .withMonth()
        .withStrictRange()
        .and()
        .withDayOfWeek()
        .withValidRange(0, 7)
        .withMondayDoWValue(1)
        .withIntMapping(7, 0)
        .withStrictRange()
        .and()
        .withSupportedNicknameHourly()
        .withSupportedNicknameDaily()
        .withSupportedNicknameMidnight()
        .withSupportedNicknameWeekly()
        .withSupportedNicknameMonthly()
        .withSupportedNicknameYearly()
        .withSupportedNicknameAnnually()
        .instance();
  }

  /**
   * Reads one line.
   *
   * @param number which line of the crontab it is, from 1
   * @param line not blank
   * @throws MalformedException with the error, without the line's number
   */
  static CrontabLine parse(int number, String line, ZoneId zone) throws MalformedException {
    List<String> words = List.of(line.strip().split("[ \t]+"));
    if (!words.stream().allMatch(word -> Printable.plain(word).equals(word))) {
      throw new MalformedException(
          "text without control characters expected, not " + Printable.of(line));
    }
    int fields = words.getFirst().startsWith("@") ? 1 : FIELDS;
    if (words.size() <= fields) {
      throw new MalformedException(FORM + " expected, not " + Printable.of(line));
    }
    List<String> what = words.subList(fields, words.size());
    requireTargets(what);
    String when = String.join(" ", words.subList(0, fields));
    return new CrontabLine(number, when, what, zone, times(when, zone));
  }

  private static void requireTargets(List<String> what) throws MalformedException {
    try {
      RunInputs.requireTarget(what.getFirst());
      for (String word : what) {
        if (!ASSIGNMENT.matcher(word).matches()) {
          RunInputs.requireTarget(word);
        }
      }
    } catch (IllegalArgumentException e) {
      throw new MalformedException(e.getMessage(), e);
    }
  }

  private static ExecutionTime times(String when, ZoneId zone) throws MalformedException {
    ExecutionTime times;
    try {
      Cron cron = PARSER.parse(when);
      times = ExecutionTime.forCron(cron);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      // The library's own checks leave some malformed ranges out, such as "1-5/".
      throw new MalformedException(FORM + " expected, not " + Printable.of(when) + reason(e), e);
    }
    if (times.nextExecution(Instant.EPOCH.atZone(zone)).isEmpty()) {
      throw new MalformedException("a day that there is was expected, not " + Printable.of(when));
    }
    return times;
  }

  private static String reason(RuntimeException e) {
    return e instanceof IllegalArgumentException ? ": " + Printable.plain(e.getMessage()) : "";
  }

  /** Which line of the crontab it is, from 1. */
  int number() {
    return number;
  }

  /** The target. */
  String target() {
    return what.getFirst();
  }

  /** Further ones, and variables. */
  List<String> arguments() {
    return what.subList(1, what.size());
  }

  /** The line and its time zone, which identify it in any crontab. */
  @Override
  public String toString() {
    return when + " " + String.join(" ", what) + " (" + zone + ")";
  }

  /** When it is due next. */
  Optional<ZonedDateTime> next(Instant after) {
    return times.nextExecution(after.atZone(zone));
  }

  /**
   * The times that have come.
   *
   * @param count how many
   * @param last the last of them
   */
  record Due(int count, ZonedDateTime last) {

    /** Whether there are more than were counted. */
    boolean isMore() {
      return count > MOST_COUNTED;
    }
  }

  /** The times that became due after one moment, up to another. */
  Optional<Due> due(Instant after, Instant until) {
    Optional<ZonedDateTime> last = Optional.empty();
    int count = 0;
    Optional<ZonedDateTime> next = next(after);
    while (next.isPresent() && !next.get().toInstant().isAfter(until)) {
      count++;
      last = next;
      next = count > MOST_COUNTED ? Optional.empty() : next(next.get().toInstant());
    }
    if (count > MOST_COUNTED) {
      last = times.lastExecution(until.plusSeconds(1).atZone(zone));
    }
    int counted = count;
    return last.map(time -> new Due(counted, time));
  }
}
