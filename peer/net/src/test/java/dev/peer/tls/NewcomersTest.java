package dev.peer.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NewcomersTest {

  private final List<String> cut = new ArrayList<>();
  private final Newcomers<String> newcomers = new Newcomers<>(3, cut::add);

  @Test
  void cutsTheOldestOfTheNetworkThatHasMost() {
    add("192.0.2.1", "first");
    add("198.51.100.1", "second");
    add("198.51.100.1", "third");
    assertThat(cut).isEmpty();

    add("203.0.113.1", "fourth");
    assertThat(cut).containsExactly("second");

    add("203.0.113.1", "fifth");
    assertThat(cut).containsExactly("second", "fourth");
  }

  @Test
  void takesAllAddressesOfASiteOfVersion6ForOne() {
    add("2001:db8:1:1::1", "first");
    add("2001:db8:1:1::2", "second");
    add("2001:db8:2:1::1", "third");

    add("2001:db8:3:1::1", "fourth");

    assertThat(cut).containsExactly("first");
  }

  @Test
  void forgetsThoseThatHaveShownACertificateOrAreClosed() {
    for (int i = 0; i < 100; i++) {
      add("192.0.2.1", "connection " + i);
      newcomers.remove("connection " + i);
    }
    newcomers.remove("unknown");

    assertThat(cut).isEmpty();
  }

  private void add(String from, String connection) {
    newcomers.add(InetAddress.ofLiteral(from), connection);
  }
}
