package dev.peer.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CrontabTest {

  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static Crontab parse(String text) {
    return Crontab.parse(text, ZoneOffset.UTC);
  }

  /** When the only line of a crontab is due, to the minute. */
  private static List<String> times(String line, ZonedDateTime from, int count) {
    Crontab crontab = Crontab.parse(line, from.getZone());
    assertThat(crontab.faults()).isEmpty();
    List<String> times = new ArrayList<>();
    Instant last = from.toInstant();
    for (int i = 0; i < count; i++) {
      ZonedDateTime next = crontab.lines().getFirst().next(last).orElseThrow();
      times.add(next.toOffsetDateTime().toString());
      last = next.toInstant();
    }
    return times;
  }

  @Test
  void readsFieldsAndNamesAndTargets() {
    Crontab crontab =
        parse(
            """
            # every night

            0 3 * * * test
            \t*/15  9-17 * * MON-FRI \t lint docs WITH=everything\r
            @hourly smoke
            """);

    assertThat(crontab.faults()).isEmpty();
    assertThat(crontab.lines())
        .extracting(CrontabLine::number, CrontabLine::target, CrontabLine::arguments)
        .containsExactly(
            tuple(3, "test", List.of()),
            tuple(4, "lint", List.of("docs", "WITH=everything")),
            tuple(5, "smoke", List.of()));
    assertThat(crontab.lines().get(1))
        .hasToString("*/15 9-17 * * MON-FRI lint docs WITH=everything (Z)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "@hourly | 2026-01-01T01:00Z",
        "@daily | 2026-01-02T00:00Z",
        "@midnight | 2026-01-02T00:00Z",
        "@weekly | 2026-01-04T00:00Z",
        "@monthly | 2026-02-01T00:00Z",
        "@yearly | 2027-01-01T00:00Z",
        "@annually | 2027-01-01T00:00Z",
        "0 0 * * 7 | 2026-01-04T00:00Z",
        "0 0 13 * 5 | 2026-01-02T00:00Z",
        "0 0 29 2 * | 2028-02-29T00:00Z",
      })
  void knowsWhenALineIsDueNext(String when, String expected) {
    ZonedDateTime newYear = ZonedDateTime.of(2026, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);

    assertThat(times(when + " test", newYear, 1)).containsExactly(expected);
  }

  @Test
  void runsWhenTheClockIsSetForwardWhatItDoesNotSkip() {
    // From 02:00 to 03:00 on the 29th.
    ZonedDateTime before = ZonedDateTime.of(2026, 3, 29, 1, 20, 0, 0, BERLIN);

    assertThat(times("30 2 * * * test", before, 1)).containsExactly("2026-03-30T02:30+02:00");
    assertThat(times("0 3 * * * test", before, 1)).containsExactly("2026-03-29T03:00+02:00");
    assertThat(times("*/30 * * * * test", before, 3))
        .containsExactly(
            "2026-03-29T01:30+01:00", "2026-03-29T03:00+02:00", "2026-03-29T03:30+02:00");
  }

  @Test
  void runsWhenTheClockIsSetBackNoDailyLineTwice() {
    // From 03:00 to 02:00 on the 25th.
    ZonedDateTime before = ZonedDateTime.of(2026, 10, 25, 1, 20, 0, 0, BERLIN);

    assertThat(times("30 2 * * * test", before, 2))
        .containsExactly("2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00");
    assertThat(times("*/30 * * * * test", before, 5))
        .containsExactly(
            "2026-10-25T01:30+02:00",
            "2026-10-25T02:00+02:00",
            "2026-10-25T02:30+02:00",
            "2026-10-25T02:00+01:00",
            "2026-10-25T02:30+01:00");
  }

  @Test
  void takesTheTimeZoneThatStandsAbove() {
    Crontab crontab =
        parse("0 3 * * * here\nCRON_TZ=Europe/Berlin\n0 3 * * * there\nCRON_TZ=UTC\n@daily back\n");

    assertThat(crontab.lines())
        .extracting(CrontabLine::toString)
        .containsExactly(
            "0 3 * * * here (Z)", "0 3 * * * there (Europe/Berlin)", "@daily back (UTC)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "* * * * test",
        "60 * * * * test",
        "* 24 * * * test",
        "*/0 * * * * test",
        "0 22-4 * * * test",
        "1-5/ * * * * test",
        "@reboot test",
        "@daily",
        "0 0 31 2 * test",
        "0 0 L * * test",
        "* * * * * -n",
        "* * * * * test;lint",
        "* * * * * test \u0007",
        "\u001b0 3 * * * test",
        "MAILTO=me@example.org",
        "CRON_TZ=Mars/Olympus",
        "a b c d e f",
      })
  void leavesOutWhatIsWrongAndKeepsTheRest(String wrong) {
    Crontab crontab = parse("@hourly first\n" + wrong + "\n@daily last\n");

    assertThat(crontab.lines()).extracting(CrontabLine::target).containsExactly("first", "last");
    assertThat(crontab.faults()).hasSize(1);
    assertThat(crontab.faults().getFirst()).startsWith("line 2: ").contains("expected");
  }

  @Test
  void saysALineThatIsThereTwice() {
    Crontab crontab = parse("0 3 * * * test\n0  3 * * *   test\n");

    assertThat(crontab.lines()).hasSize(1);
    assertThat(crontab.faults()).containsExactly("line 2: the same as line 1");
  }

  @Test
  void isBounded() {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      many.append("@daily target").append(i).append('\n');
    }

    Crontab crontab = parse(many.toString());

    assertThat(crontab.lines()).hasSize(64);
    assertThat(crontab.faults()).containsExactly("line 65 and what follows: more than 64 lines");
    assertThat(parse("@daily " + "x".repeat(300)).faults().getFirst())
        .isEqualTo("line 1: at most 300 characters expected");
  }

  @Test
  void countsWhatHasBecomeDueUpToABound() {
    CrontabLine line = parse("*/10 * * * * test").lines().getFirst();
    Instant ten = Instant.parse("2026-11-26T10:00:00Z");

    assertThat(line.due(ten, ten.plusSeconds(599))).isEmpty();
    assertThat(line.due(ten, ten.plusSeconds(600)).orElseThrow().count()).isEqualTo(1);
    CrontabLine.Due hour = line.due(ten, ten.plusSeconds(3_700)).orElseThrow();
    assertThat(hour.count()).isEqualTo(6);
    assertThat(hour.last().toInstant()).isEqualTo(ten.plusSeconds(3_600));
    CrontabLine.Due year = line.due(ten, ten.plusSeconds(365L * 86_400)).orElseThrow();
    assertThat(year.isMore()).isTrue();
    assertThat(year.last().toInstant()).isEqualTo(ten.plusSeconds(365L * 86_400));
    assertThat(line.due(ten, ten.minusSeconds(3_600))).isEmpty();
  }
}
