package dev.peer.core.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ArchitectureNamesTest {

  @Test
  void hasTheNameThatEachSideGivesIt() {
    assertThat(Architecture.AMD64.name()).isEqualTo("x86_64");
    assertThat(Architecture.AMD64.emulator()).isEqualTo("qemu-system-x86_64");
    assertThat(Architecture.AMD64.emulatorPackage()).isEqualTo("qemu-system-x86");
  }

  @Test
  void namesOneOfWhichItKnowsNothingElse() {
    Architecture other = new Architecture("riscv64");

    assertThat(other).hasToString("riscv64").isNotEqualTo(Architecture.AMD64);
    assertThat(other.emulatorPackage()).isEqualTo("qemu-system-riscv64");
    assertThat(other.emulator()).isEqualTo("qemu-system-riscv64");
  }

  @Test
  void refusesTextsThatNameNone() {
    for (String text : List.of("", "X86_64", "x86-64", "x86_64\n", "a".repeat(33), "../x")) {
      assertThatThrownBy(() -> new Architecture(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not an architecture");
    }
  }
}
