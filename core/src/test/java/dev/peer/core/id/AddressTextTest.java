package dev.peer.core.id;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class AddressTextTest {

  @Test
  void anIPv6AddressIsInBrackets() {
    assertThat(AddressText.of(at("192.0.2.7"))).isEqualTo("192.0.2.7:443");
    assertThat(AddressText.of(at("2001:db8::7"))).isEqualTo("[2001:db8:0:0:0:0:0:7]:443");
    assertThat(AddressText.of(InetSocketAddress.createUnresolved("2001:db8::7", 443)))
        .isEqualTo("[2001:db8::7]:443");
    assertThat(AddressText.of(InetSocketAddress.createUnresolved("meet.example.org", 443)))
        .isEqualTo("meet.example.org:443");
  }

  private static InetSocketAddress at(String literal) {
    return new InetSocketAddress(InetAddress.ofLiteral(literal), 443);
  }
}
