package dev.peer.core.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReachTest {

  @Test
  void readsItsThreeForms() {
    assertThat(Reach.parse("open")).isEqualTo(new Reach.Open());
    assertThat(Reach.parse("none")).isEqualTo(new Reach.None());
    assertThat(Reach.parse("Packages.Example.org, 192.0.2.7:443 10.0.2.2:3128"))
        .isEqualTo(
            new Reach.Hosts(
                List.of(
                    new AllowedHost("packages.example.org", OptionalInt.empty()),
                    new AllowedHost("192.0.2.7", OptionalInt.of(443)),
                    new AllowedHost("10.0.2.2", OptionalInt.of(3128)))))
        .hasToString("packages.example.org,192.0.2.7:443,10.0.2.2:3128");
  }

  @Test
  void knowsWhetherThisHostIsNamed() {
    assertThat(new Reach.Hosts(List.of(AllowedHost.parse("10.0.2.2:80"))).namesThisHost()).isTrue();
    assertThat(new Reach.Hosts(List.of(AllowedHost.parse("10.0.2.7"))).namesThisHost()).isFalse();
  }

  @Test
  void takesIPv6AddressesInBrackets() {
    Reach reach = Reach.parse("[2001:DB8::1]:443,[2001:db8::2]");

    assertThat(reach).hasToString("[2001:db8::1]:443,[2001:db8::2]");
    assertThat(reach.listed())
        .containsExactly(
            new AllowedHost("2001:db8::1", OptionalInt.of(443)),
            new AllowedHost("2001:db8::2", OptionalInt.empty()))
        .allMatch(AllowedHost::isIpv6Address)
        .extracting(host -> host.address().orElseThrow())
        .containsExactly(
            InetAddress.ofLiteral("2001:db8::1"), InetAddress.ofLiteral("2001:db8::2"));
    assertThat(Reach.parse(reach.toString())).isEqualTo(reach);
  }

  @Test
  void saysWhyAnIPv6AddressIsNone() {
    assertThatThrownBy(() -> Reach.parse("[fe80::1%eth0]:80"))
        .hasMessage(
            "not a host (an address with a zone, which is next to this host: no guest reaches it):"
                + " \"fe80::1%eth0\"");
    assertThatThrownBy(() -> Reach.parse("[::ffff:192.0.2.7]:80"))
        .hasMessage(
            "not a host (an IPv4 address is written without brackets): \"::ffff:192.0.2.7\"");
    assertThatThrownBy(() -> Reach.parse("2001:db8::1:443"))
        .hasMessageStartingWith("not a host (HOST, HOST:PORT, [IPV6] or [IPV6]:PORT expected): ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "open,none",
        "none,example.org",
        "",
        ",",
        "10.0.2.2",
        "example.org:0",
        "example.org:65536",
        "example.org:",
        "https://example.org",
        "*.example.org",
        "-a.example.org",
        "a..example.org",
        "example.org.",
        "1.2.3",
        "1.2.3.256",
        "1.2.3.4.",
        "01.2.3.4",
        "fd00::1",
        "2001:db8::1:443",
        "[2001:db8::1",
        "[2001:db8::g]:80",
        "[2001:db8::1]443",
        "[example.org]:80",
        "[192.0.2.7]:80"
      })
  void refusesWhatNamesNoHost(String text) {
    assertThatThrownBy(() -> Reach.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
