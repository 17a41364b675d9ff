package dev.peer.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.sign.Signing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentLogTest {

  private static final Instant NOW = Instant.parse("2030-01-31T12:00:00.123Z");

  @TempDir private Path directory;

  private Store store;
  private StoredRecord record;

  @BeforeEach
  void keepAResult() throws Exception {
    Signing signing = new Signing();
    store = Store.open(directory.resolve("store"), 1);
    Signing.Result result = signing.result(directory.resolve("a"), "a");
    record = store.keep(signing.verified(result, directory.resolve("unpacked")));
  }

  @AfterEach
  void close() {
    record.close();
  }

  @Test
  void readsWhatItAddedAndIsNoHit() throws Exception {
    assertThat(ResultUse.of(record).sentText()).isEmpty();

    SentLog.add(record, NOW);
    assertThat(ResultUse.of(record).sentText()).contains("1 time to other peers");
    SentLog.add(record, NOW.plusSeconds(2));

    assertThat(SentLog.of(record)).containsExactly(NOW, NOW.plusSeconds(2));
    assertThat(ResultUse.of(record)).isEqualTo(new ResultUse(new HitSum(0, Duration.ZERO), 2));
    assertThat(ResultUse.of(record).sentText()).contains("2 times to other peers");
  }

  @Test
  void leavesTheTimeWhenTheResultWasKept() throws Exception {
    Instant kept = Instant.parse("2020-01-31T12:00:00Z");
    store.date(record, kept);

    SentLog.add(record, NOW);
    assertThat(store.entries().locationOf(record).kept()).isEqualTo(kept);
    Files.writeString(file(), (NOW.toEpochMilli() + "\n").repeat(5_000));
    SentLog.add(record, NOW.plusSeconds(1));

    assertThat(SentLog.of(record)).hasSize(SentLog.MOST).endsWith(NOW, NOW.plusSeconds(1));
    assertThat(store.entries().locationOf(record).kept()).isEqualTo(kept);
  }

  @Test
  void passesOverDamagedLines() throws Exception {
    SentLog.add(record, NOW);
    Files.writeString(file(), "-1\n\n1 \n1234567890123456\n", StandardOpenOption.APPEND);

    assertThat(SentLog.of(record)).containsExactly(NOW);
  }

  private Path file() {
    return record.bundleFile().resolveSibling("sent");
  }
}
