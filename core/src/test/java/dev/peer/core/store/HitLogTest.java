package dev.peer.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.record.Records;
import dev.peer.core.sign.Signing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HitLogTest {

  private static final Instant NOW = Instant.parse("2030-01-31T12:00:00.123Z");

  @TempDir private Path directory;

  private Signing signing;
  private Store store;
  private Signing.Result result;
  private StoredRecord record;

  @BeforeEach
  void keepAResult() throws Exception {
    signing = new Signing();
    store = Store.open(directory.resolve("store"), 1);
    record = keep("a");
  }

  @AfterEach
  void close() {
    record.close();
  }

  @Test
  void readsWhatItAdded() throws Exception {
    assertThat(HitLog.of(record)).isEmpty();
    Hit first = hit(1);
    Hit second = new Hit(NOW, true, Duration.ofMinutes(3), Duration.ofMillis(410));

    HitLog.add(record, first);
    HitLog.add(record, second);

    assertThat(HitLog.of(record)).containsExactly(first, second);
    assertThat(HitLog.of(entry())).containsExactly(first, second);
  }

  @Test
  void aFasterRunSavesNothing() {
    assertThat(new Hit(NOW, false, Duration.ofSeconds(5), Duration.ofSeconds(2)).saved())
        .isEqualTo(Duration.ofSeconds(3));
    assertThat(new Hit(NOW, false, Duration.ofSeconds(2), Duration.ofSeconds(5)).saved())
        .isEqualTo(Duration.ZERO);
  }

  @Test
  void addsHitsUp() {
    assertThat(
            HitSum.of(
                List.of(
                    new Hit(NOW, false, Duration.ofSeconds(5), Duration.ofSeconds(2)),
                    new Hit(NOW, true, Duration.ofSeconds(2), Duration.ofSeconds(5)),
                    new Hit(NOW, true, Duration.ofSeconds(9), Duration.ofSeconds(2)))))
        .isEqualTo(new HitSum(3, Duration.ofSeconds(10)));
    assertThat(HitSum.of(List.of())).isEqualTo(new HitSum(0, Duration.ZERO));
  }

  @Test
  void passesOverDamagedLines() throws Exception {
    HitLog.add(record, hit(1));
    for (String damaged :
        List.of("x", "", "1 peer 1", "now store 1 1", "1 store -1 1", "1 other 1 1", "1 store 1")) {
      Files.writeString(file(), damaged + "\n", StandardOpenOption.APPEND);
    }
    HitLog.add(record, hit(2));

    assertThat(HitLog.of(record)).containsExactly(hit(1), hit(2));
  }

  @Test
  void knowsTheLatestOfMany() throws Exception {
    List<String> many = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      many.add(hit(i).line());
    }
    Files.write(file(), many);

    HitLog.add(record, hit(5_000));

    assertThat(HitLog.of(record)).hasSize(HitLog.MOST).endsWith(hit(4_999), hit(5_000));
    assertThat(Files.readAllLines(file())).hasSize(HitLog.MOST);
    assertThat(file().getParent()).isDirectoryNotContaining("glob:**/hits-*");
  }

  @Test
  void hitsStayWhenTheResultIsKeptAgainAndGoWithIt() throws Exception {
    HitLog.add(record, hit(1));
    Path entry = file().getParent();
    store.keep(signing.verified(result, directory.resolve("again"))).close();
    assertThat(HitLog.of(record)).containsExactly(hit(1));

    record.close();
    keep("b").close();

    assertThat(entry).doesNotExist();
    assertThat(HitLog.of(record)).isEmpty();
  }

  private StoredRecord keep(String name) throws Exception {
    result = signing.result(directory.resolve(name), name);
    return store.keep(signing.verified(result, directory.resolve(name + "-unpacked")));
  }

  private StoredEntry entry() throws Exception {
    return store.entries().find(Records.inputs().repo(), Records.inputs().key()).orElseThrow();
  }

  private Path file() {
    return record.bundleFile().resolveSibling("hits");
  }

  private static Hit hit(int second) {
    return new Hit(
        NOW.plusSeconds(second), false, Duration.ofSeconds(5), Duration.ofMillis(second));
  }
}
