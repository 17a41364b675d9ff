package dev.peer.vm.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TailTest {

  @Test
  void remembersTheLastLinesOfWhateverLength() throws Exception {
    Tail tail = new Tail();
    byte[] endless = "again and again\n".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 64; i++) {
      tail.write(endless);
    }
    tail.write("Kernel panic\r\n\n  \nlast".getBytes(StandardCharsets.UTF_8));

    assertThat(tail.lastLines(2)).isEqualTo("Kernel panic\nlast");
    assertThat(tail.lastLines(1 << 20)).hasSizeBetween(1 << 13, 1 << 14);
  }

  @Test
  void hasNothingToSayOfNothing() {
    assertThat(new Tail().lastLines(8)).isEmpty();
  }
}
