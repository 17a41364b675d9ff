package dev.peer.schedule;

import dev.peer.core.id.Printable;
import dev.peer.core.record.MalformedException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/**
 * The content of a crontab.
 *
 * <p>A line is five fields or a name such as {@code @daily}, then targets of mk; {@code
 * CRON_TZ=ZONE} sets the time zone of the lines after it. Blank lines, and lines that begin with
 * {@code #}, are ignored.
 *
 * @param lines the valid lines
 * @param faults the errors of the other lines, which are left out
 */
record Crontab(List<CrontabLine> lines, List<String> faults) {

  static final Crontab NONE = new Crontab(List.of(), List.of());

  private static final int MOST_LINES = 64;
  private static final int LONGEST_LINE = 300;
  private static final String ZONE = "CRON_TZ=";

  Crontab {
    lines = List.copyOf(lines);
    faults = List.copyOf(faults);
  }

  /**
   * Reads a crontab of whatever text.
   *
   * @param zone the time zone of lines for which it says none
   */
  static Crontab parse(String text, ZoneId zone) {
    List<CrontabLine> lines = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    ZoneId current = zone;
    int number = 0;
    for (String line : text.split("\r?\n", -1)) {
      number++;
      String said = line.strip();
      if (said.isEmpty() || said.startsWith("#")) {
        continue;
      }
      try {
        if (lines.size() + faults.size() == MOST_LINES) {
          faults.add("line " + number + " and what follows: more than " + MOST_LINES + " lines");
          break;
        }
        if (said.startsWith(ZONE)) {
          current = zone(said.substring(ZONE.length()));
        } else {
          lines.add(line(number, said, current, lines));
        }
      } catch (MalformedException e) {
        faults.add("line " + number + ": " + e.getMessage());
      }
    }
    return new Crontab(lines, faults);
  }

  private static CrontabLine line(int number, String text, ZoneId zone, List<CrontabLine> others)
      throws MalformedException {
    if (text.length() > LONGEST_LINE) {
      throw new MalformedException("at most " + LONGEST_LINE + " characters expected");
    }
    CrontabLine line = CrontabLine.parse(number, text, zone);
    for (CrontabLine other : others) {
      if (other.toString().equals(line.toString())) {
        throw new MalformedException("the same as line " + other.number());
      }
    }
    return line;
  }

  private static ZoneId zone(String name) throws MalformedException {
    try {
      return ZoneId.of(name.strip());
    } catch (DateTimeException e) {
      throw new MalformedException(
          "CRON_TZ= and a time zone such as Europe/Berlin or UTC expected, not "
              + Printable.of(name)
              + ": the lines after it count as if it were not there",
          e);
    }
  }
}
