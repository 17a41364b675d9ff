package dev.peer.pages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.record.OutputStreamName;
import org.junit.jupiter.api.Test;

class OutputChartTest {

  private final OutputChart.Recorder recorder = new OutputChart.Recorder();

  @Test
  void showsWhenTheStreamsWereWritten() {
    recorder.add(OutputStreamName.STDOUT, 100);
    recorder.pass(3_600_000_000L);
    recorder.add(OutputStreamName.STDERR, 25);

    OutputChart chart = recorder.chart();
    assertThat(chart.bars())
        .containsExactly(new OutputChart.Bar(0, 40, false), new OutputChart.Bar(59, 20, true));
    assertThat(chart.took()).isEqualTo("3600.0 s");
    assertThat(chart.stdout()).isEqualTo("100 bytes");
    assertThat(chart.stderr()).isEqualTo("25 bytes");
  }

  @Test
  void addsUpAnyNumberOfPieces() {
    for (int i = 0; i < 1_000_000; i++) {
      recorder.pass(1);
      recorder.add(OutputStreamName.STDOUT, 1);
    }

    OutputChart chart = recorder.chart();
    assertThat(chart.stdout()).isEqualTo("976.6 KiB");
    assertThat(chart.bars()).hasSize(60).allMatch(bar -> bar.height() >= 38 && !bar.error());
  }

  @Test
  void isEmptyWithoutOutput() {
    assertThat(recorder.chart().bars()).isEmpty();
    assertThat(recorder.chart().took()).isEqualTo("0.0 s");
  }
}
