package dev.peer.rendezvous;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.PeerId;
import dev.peer.wire.HolderList;
import dev.peer.wire.PeerAddress;
import dev.peer.wire.RunState;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ReportsTest {

  private static final HolderList.Entry LIAR = entry("liar", RunState.PASSED);
  private static final HolderList.Entry HONEST = entry("honest", RunState.PASSED);
  private static final HolderList.Entry RUNNING = entry("liar", RunState.RUNNING);
  private static final List<HolderList.Entry> ALL = List.of(LIAR, HONEST, RUNNING);

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
  private final Reports reports = new Reports(clock::get);

  @Test
  void listsLowerWhomTwoReportAndLeavesOutWhomThreeDo() {
    assertThat(reports.arranged(ALL)).isEqualTo(ALL);
    report("a");
    assertThat(reports.arranged(ALL)).isEqualTo(ALL);
    report("b");
    assertThat(reports.arranged(ALL)).containsExactly(HONEST, LIAR, RUNNING);
    report("c");
    assertThat(reports.arranged(ALL)).containsExactly(HONEST, RUNNING);
  }

  @Test
  void countsAReporterOnceAndNoOneAboutItself() {
    for (int i = 0; i < 100; i++) {
      report("a");
      report("liar");
    }

    assertThat(reports.arranged(ALL)).isEqualTo(ALL);
  }

  @Test
  void forgivesAfterAWhile() {
    report("a");
    report("b");
    report("c");
    pass(1);

    assertThat(reports.arranged(ALL)).isEqualTo(ALL);
  }

  @Test
  void letsNobodyKeepAHolderAwayForGood() {
    for (String by : List.of("a", "b", "c")) {
      report(by);
    }
    pass(1);
    for (String by : List.of("a", "b", "c")) {
      report(by);
    }
    assertThat(reports.arranged(ALL)).isEqualTo(ALL);

    pass(1);
    for (String by : List.of("a", "b", "c")) {
      report(by);
    }
    assertThat(reports.arranged(ALL)).doesNotContain(LIAR);
  }

  @Test
  void isBoundedForEachHolder() {
    for (int i = 0; i < 1000; i++) {
      report("reporter-" + i);
    }
    pass(1);

    assertThat(reports.arranged(ALL)).isEqualTo(ALL);
  }

  private void report(String by) {
    reports.report(new PeerId(by), LIAR.peer());
  }

  private void pass(int times) {
    clock.addAndGet(times * Reports.COUNTS.toNanos());
  }

  private static HolderList.Entry entry(String peer, RunState state) {
    return new HolderList.Entry(new PeerId(peer), List.of(PeerAddress.parse("https://h:1")), state);
  }
}
