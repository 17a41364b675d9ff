package dev.peer.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressTest {

  private static final int WIDE = 200;
  private static final long SECOND = 1_000_000_000;
  private static final long MEBIBYTE = 1 << 20;
  private static final long BEGUN = -5 * SECOND;

  @ParameterizedTest
  @CsvSource({
    "search, looking up",
    "fetch, fetching",
    "verify, verifying",
    "boot, booting the machine",
    "sign, signing",
    "checkout, checkout",
    "prepare, prepare",
    "test, test",
    "artifacts, artifacts",
    "post-test, post-test"
  })
  void namesTheStep(String step, String name) {
    assertThat(text(Progress.NONE, step)).isEqualTo("peer: 0:07 " + name);
  }

  @ParameterizedTest
  @CsvSource({
    "PT0.9S, 0:00",
    "PT59S, 0:59",
    "PT1M, 1:00",
    "PT59M59S, 59:59",
    "PT1H2M3S, 1:02:03",
    "PT30H, 30:00:00"
  })
  void saysHowLongItHasBeen(Duration took, String shown) {
    assertThat(Progress.NONE.text("test", took, BEGUN, WIDE)).isEqualTo("peer: " + shown + " test");
  }

  @Test
  void saysWhatIsAwaited() {
    assertThat(text(Progress.NONE.awaiting("the run of CN=laptop"), "follow"))
        .isEqualTo("peer: 0:07 following: the run of CN=laptop");
  }

  @Test
  void saysHowManyBytesOfHowManyAreThereAndHowFastTheyCome() {
    Progress progress =
        Progress.NONE
            .awaiting("from CN=laptop")
            .moved(10 * MEBIBYTE, 80 * MEBIBYTE, BEGUN)
            .moved(30 * MEBIBYTE, 80 * MEBIBYTE, BEGUN + SECOND);

    assertThat(progress.text("fetch", Duration.ofSeconds(7), BEGUN + 4 * SECOND, WIDE))
        .isEqualTo("peer: 0:07 fetching: 30.0 of 80.0 MiB, 5.0 MiB/s, from CN=laptop");
  }

  @Test
  void aTransferThatIsDoneKeepsItsSpeed() {
    Progress progress =
        Progress.NONE
            .moved(0, 8 * MEBIBYTE, BEGUN)
            .moved(8 * MEBIBYTE, 8 * MEBIBYTE, BEGUN + 2 * SECOND);

    assertThat(progress.text("push", Duration.ofSeconds(7), BEGUN + 40 * SECOND, WIDE))
        .isEqualTo("peer: 0:07 pushing: 8.0 of 8.0 MiB, 4.0 MiB/s");
  }

  @Test
  void noSpeedIsSaidBeforeThereIsOne() {
    Progress progress = Progress.NONE.moved(0, MEBIBYTE, BEGUN).moved(1, MEBIBYTE, BEGUN + 1);

    assertThat(progress.text("fetch", Duration.ZERO, BEGUN + 1, WIDE))
        .isEqualTo("peer: 0:00 fetching: 0.0 of 1.0 MiB");
  }

  @Test
  void anotherTransferBeginsAnew() {
    Progress first =
        Progress.NONE.moved(0, 8 * MEBIBYTE, BEGUN).moved(4 * MEBIBYTE, 8 * MEBIBYTE, BEGUN);

    assertThat(first.moved(MEBIBYTE, 8 * MEBIBYTE, BEGUN + SECOND).transfer())
        .hasValueSatisfying(again -> assertThat(again.first()).isEqualTo(MEBIBYTE));
    assertThat(first.moved(MEBIBYTE, 9 * MEBIBYTE, BEGUN + SECOND).transfer())
        .hasValueSatisfying(other -> assertThat(other.begun()).isEqualTo(BEGUN + SECOND));
    assertThat(first.awaiting("from CN=desktop").transfer()).isEmpty();
  }

  @Test
  void whatHasNoEndIsNotWaitedFor() {
    assertThat(text(Progress.NONE, "serve")).isEmpty();
    assertThat(text(Progress.NONE, "shell")).isEmpty();
    assertThat(text(Progress.NONE.awaiting("1 of 2 copies"), "serve"))
        .isEqualTo("peer: 0:07 waiting: 1 of 2 copies");
  }

  @Test
  void isCutToTheTerminalsWidth() {
    Progress progress = Progress.NONE.awaiting("from CN=laptop");

    assertThat(progress.text("fetch", Duration.ZERO, BEGUN, 23))
        .isEqualTo("peer: 0:00 fetching: fr");
    assertThat(progress.text("fetch", Duration.ZERO, BEGUN, -1)).isEmpty();
  }

  @Test
  void eachCharacterTakesOneColumnAndNoneMovesTheCursor() {
    assertThat(text(Progress.NONE.awaiting("from \u001b[2J\r\u9ad8\u00fc"), "fetch"))
        .isEqualTo("peer: 0:07 fetching: from ?[2J???");
  }

  private static String text(Progress progress, String step) {
    return progress.text(step, Duration.ofSeconds(7), BEGUN, WIDE);
  }
}
