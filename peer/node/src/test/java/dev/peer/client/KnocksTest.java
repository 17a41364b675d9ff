package dev.peer.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.PeerId;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KnocksTest {

  private static final PeerId HOLDER = new PeerId("spiffe://team/laptop");

  private final AtomicLong clock = new AtomicLong();
  private final Knocks knocks = new Knocks(clock::get);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://10.0.0.1:7443",
        "https://192.168.1.2:443",
        "https://[2001:db8::1]:1024",
        "https://127.0.0.1:7443",
        "https://nowhere.invalid:7443"
      })
  void goesWhereAPeerCanBe(String address) {
    assertThat(knocks.refusal(HOLDER, URI.create(address))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://10.0.0.1:22",
        "https://10.0.0.1:1023",
        "https://169.254.169.254:443",
        "https://[fe80::1]:7443",
        "https://0.0.0.0:7443",
        "https://[::]:7443",
        "https://224.0.0.1:7443"
      })
  void doesNotGoWhereNoPeerIs(String address) {
    assertThat(knocks.refusal(HOLDER, URI.create(address))).isPresent();
  }

  @Test
  void goesToSoManyAddressesOfOnePeerWithinAMinute() {
    for (int i = 1; i <= 16; i++) {
      assertThat(knocks.refusal(HOLDER, address(i))).isEmpty();
    }
    assertThat(knocks.refusal(HOLDER, address(17))).isPresent();
    assertThat(knocks.refusal(HOLDER, address(1))).isEmpty();
    assertThat(knocks.refusal(new PeerId("spiffe://team/other"), address(17))).isEmpty();

    clock.addAndGet(Duration.ofMinutes(1).toNanos());
    assertThat(knocks.refusal(HOLDER, address(17))).isEmpty();
  }

  @Test
  void goesToSoManyAddressesOfAllWithinAMinute() {
    for (int i = 0; i < 256; i++) {
      assertThat(knocks.refusal(new PeerId("spiffe://team/" + i), address(1))).isEmpty();
    }
    assertThat(knocks.refusal(new PeerId("spiffe://team/more"), address(1))).isPresent();
  }

  private static URI address(int i) {
    return URI.create("https://10.0.0." + i + ":7443");
  }
}
