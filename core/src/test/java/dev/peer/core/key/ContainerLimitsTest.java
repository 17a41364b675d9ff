package dev.peer.core.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerLimitsTest {

  @Test
  void oneSpellingStandsForAllThatMeanTheSame() {
    ContainerLimits limits =
        ContainerLimits.parse(
            List.of("userns=off", "shm=1g", "cap=cap_sys_ptrace", "NOFILE=64K", "cap=NET_RAW"));

    assertThat(limits)
        .hasToString("cap=NET_RAW,cap=SYS_PTRACE,nofile=65536,shm=1073741824,userns=off");
    assertThat(ContainerLimits.parseExact(limits.toString())).isEqualTo(limits);
    assertThat(ContainerLimits.parse(List.of("shm=1024M", "userns=on")))
        .isEqualTo(ContainerLimits.parse(List.of("shm=1G")));
  }

  @Test
  void nothingIsTheDefault() {
    assertThat(ContainerLimits.parse(List.of())).isEqualTo(ContainerLimits.DEFAULT);
    assertThat(ContainerLimits.parse(List.of("userns=on"))).isEqualTo(ContainerLimits.DEFAULT);
    assertThat(ContainerLimits.DEFAULT.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "shm",
        "shm=",
        "shm=0",
        "shm=1X",
        "shm=-1",
        "shm=9999999999T",
        "=1",
        "cap=SYS_MODULE",
        "cap=SYS_RAWIO",
        "cap=all",
        "nofile=1048577",
        "nofile=unlimited",
        "rss=1",
        "userns=no",
        "privileged=on"
      })
  void refusesWhatIsNoLimit(String part) {
    assertThatThrownBy(() -> ContainerLimits.parse(List.of(part)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesALimitThatIsGivenTwice() {
    assertThatThrownBy(() -> ContainerLimits.parse(List.of("shm=1G", "shm=2G")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("shm=2G");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "shm=1G", "shm=1,core=0", "userns=on", "core=0,", "core=00"})
  void inEvidenceOnlyTheOneFormIsRead(String text) {
    assertThatThrownBy(() -> ContainerLimits.parseExact(text))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
