package dev.peer.config;

import dev.peer.core.id.Printable;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Reads {@code 1h}, {@code 1h,test=10m} or {@code test=10m}: a time, and times of stages. */
final class TimeLimitsForm {

  private static final Duration LONGEST = Duration.ofDays(30);
  private static final String EXPECTED = "a time of at most 30d";
  private static final String EXAMPLE = "1h,prepare=20m,test=10m";

  private TimeLimitsForm() {}

  static TimeLimits read(Value value, Duration byDefault) throws ConfigException {
    Duration run = null;
    Map<String, Duration> stages = new HashMap<>();
    for (String part : value.text().strip().split("\\s*,\\s*", -1)) {
      int equals = part.indexOf('=');
      Duration time = time(value, part.substring(equals + 1));
      String stage = equals < 0 ? "" : part.substring(0, equals);
      if (equals >= 0 && !TimeLimits.STAGES.contains(stage)) {
        throw value.refused(
            "names a stage that there is not: " + Printable.of(stage),
            "the stages are " + String.join(", ", TimeLimits.STAGES));
      }
      boolean twice = equals < 0 ? run != null : stages.put(stage, time) != null;
      if (twice) {
        throw value.refused(
            "gives two times for " + (equals < 0 ? "the run" : "the stage " + stage),
            "for example " + value.setting() + "=" + EXAMPLE);
      }
      run = equals < 0 ? time : run;
    }
    return new TimeLimits(run == null ? byDefault : run, stages);
  }

  private static Duration time(Value value, String text) throws ConfigException {
    return new Value(value.setting(), text, value.origin())
        .read(TimeLimitsForm::limited, EXPECTED, EXAMPLE);
  }

  private static Duration limited(String text) {
    Duration duration = ValueForms.duration(text);
    ValueForms.require(duration.compareTo(LONGEST) <= 0);
    return duration;
  }
}
