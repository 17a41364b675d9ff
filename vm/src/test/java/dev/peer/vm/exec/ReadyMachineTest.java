package dev.peer.vm.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadyMachineTest {

  @Test
  void startsNoneBeforeARunSaidWhich() {
    List<String> said = new ArrayList<>();
    try (ReadyMachine ready = new ReadyMachine(said::add)) {
      ready.prepare();
      ready.drop();
      assertThat(ready.status()).isEqualTo(new ReadyMachine.Status(0, Optional.empty()));
    }
    assertThat(said).isEmpty();
  }
}
