package dev.peer.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether a runtime is moved or prepared, and by which speed. */
class RuntimeCostTest {

  private static final long MEBIBYTE = 1 << 20;

  @TempDir private Path directory;
  private Instant now = Instant.parse("2030-06-15T12:00:00Z");

  @Test
  void aRuntimeIsMovedUnlessThatTakesLongerThanPreparing() {
    Duration making = Duration.ofMinutes(4);

    assertThat(new RuntimeCost(making, Optional.empty()).isWorthMoving()).isTrue();
    assertThat(new RuntimeCost(making, Optional.of(making)).isWorthMoving()).isTrue();
    assertThat(new RuntimeCost(making, Optional.of(making.plusMillis(1))).isWorthMoving())
        .isFalse();
  }

  @Test
  void saysWhatDecides() {
    Duration making = Duration.ofSeconds(242);

    assertThat(new RuntimeCost(making, Optional.empty()))
        .hasToString("how long moving it takes is not known, and preparing takes 242 s");
    assertThat(new RuntimeCost(making, Optional.of(Duration.ofMinutes(15))))
        .hasToString(
            "moving it takes about 900 s, as fast as the last came, and preparing takes 242 s");
  }

  @Test
  void theNextRuntimeComesAsFastAsTheLast() {
    assertThat(speed().time(MEBIBYTE)).isEmpty();

    speed().note(10 * MEBIBYTE, Duration.ofSeconds(5));
    assertThat(speed().time(30 * MEBIBYTE)).contains(Duration.ofSeconds(15));

    speed().note(10 * MEBIBYTE, Duration.ofSeconds(20));
    assertThat(speed().time(30 * MEBIBYTE)).contains(Duration.ofMinutes(1));
  }

  @Test
  void aSpeedIsForgottenAfterADayAndOneOfATimeToComeIsNone() {
    speed().note(10 * MEBIBYTE, Duration.ofSeconds(5));

    now = now.plus(Duration.ofDays(1));
    assertThat(speed().time(MEBIBYTE)).isPresent();
    now = now.plusMillis(1);
    assertThat(speed().time(MEBIBYTE)).isEmpty();
    now = now.minus(Duration.ofDays(2));
    assertThat(speed().time(MEBIBYTE)).isEmpty();
  }

  @Test
  void aFewBytesSayNothing() {
    speed().note(4 * MEBIBYTE - 1, Duration.ofMinutes(1));

    assertThat(speed().time(MEBIBYTE)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{'at':'2030-06-15T12:00:00Z','bytes':5000000}",
        "{'at':'2030-06-15T12:00:00Z','bytes':5000000,'milliseconds':-1}",
        "{'at':'2030-06-15T12:00:00Z','bytes':0,'milliseconds':1}",
        "{'at':'2030-06-15T12:00:00Z','bytes':5000000,'milliseconds':1,'x':1}"
      })
  void whatCannotBeReadIsNoSpeed(String text) throws Exception {
    Files.writeString(file(), text.replace('\'', '"'));

    assertThat(speed().time(MEBIBYTE)).isEmpty();
  }

  @Test
  void whereNothingCanBeWrittenTheSpeedStaysUnknown() throws Exception {
    Files.createDirectory(file());

    speed().note(10 * MEBIBYTE, Duration.ofSeconds(5));

    assertThat(speed().time(MEBIBYTE)).isEmpty();
  }

  private Path file() {
    return directory.resolve("speed.json");
  }

  private TransferRate speed() {
    return new TransferRate(file(), () -> now);
  }
}
