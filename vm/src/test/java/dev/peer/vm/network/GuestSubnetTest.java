package dev.peer.vm.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.network.Reach;
import dev.peer.vm.network.Gate.FrameAction;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GuestSubnetTest {

  private static final String HEAD =
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT   ";
  private static final String EVERYWHERE = route("00000000", "00000000");
  private static final String LAN = route("0002000A", "00FFFFFF");
  private static final String COMPANY = route("0000000A", "000000FF");
  private static final String LARGER_LAN = route("0000A8C0", "0000FFFF");
  private static final String ONE_HOST = route("07F11EAC", "FFFFFFFF");
  private static final String REJECTED =
      "*\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0" + " ".repeat(30);
  private static final String OUT_6 = route6("0".repeat(32), "00", "00000003", "eth0");
  private static final String VPN_6 = route6("2" + "0".repeat(31), "03", "00000001", "tun0");
  private static final String NONE_6 = route6("0".repeat(32), "00", "00200200", "lo");
  private static final String MULTICAST_6 = route6("ff" + "0".repeat(30), "08", "00000001", "eth0");
  private static final String LAN_6 = route6("20010db8" + "0".repeat(24), "40", "00000001", "eth0");
  private static final String HALF = route("00000000", "00000080");

  @Test
  void isTheFirstThatNoRouteOfTheHostLeadsTo() {
    assertThat(choose()).isEqualTo("10.0.2.0/24");
    assertThat(choose(EVERYWHERE, route("0003000A", "00FFFFFF"))).isEqualTo("10.0.2.0/24");
    assertThat(choose(EVERYWHERE, LAN)).isEqualTo("192.168.241.0/24");
    assertThat(choose(EVERYWHERE, COMPANY)).isEqualTo("192.168.241.0/24");
    assertThat(choose(LAN, LARGER_LAN)).isEqualTo("172.30.241.0/24");
    assertThat(choose(LAN, LARGER_LAN, ONE_HOST)).isEqualTo("198.18.241.0/24");
    assertThat(choose(LAN, HALF)).isEqualTo("192.168.241.0/24");
  }

  @Test
  void hasIPv6WhereOnlyThatLeadsOutOfTheHost() {
    assertThat(hasIpv6("open", List.of(LAN), List.of(OUT_6))).isTrue();
    assertThat(hasIpv6("open", List.of(), List.of(LAN_6, NONE_6, OUT_6))).isTrue();
    assertThat(hasIpv6("open", List.of(REJECTED), List.of(VPN_6))).isTrue();
    assertThat(hasIpv6("10.0.2.2:80", List.of(), List.of(OUT_6))).isTrue();
    assertThat(hasIpv6("open", List.of(), List.of(LAN_6, NONE_6, MULTICAST_6))).isFalse();
    assertThat(hasIpv6("open", List.of(EVERYWHERE), List.of(OUT_6))).isFalse();
    assertThat(hasIpv6("open", List.of(HALF), List.of(OUT_6))).isFalse();
    assertThat(hasIpv6("open", List.of(EVERYWHERE), List.of())).isFalse();
  }

  @Test
  void hasIPv6BesideIPv4IfTheGuestIsToReachAnAddressOfIt() {
    assertThat(hasIpv6("[2001:db8::1]:443", List.of(EVERYWHERE), List.of(OUT_6))).isTrue();
    assertThat(hasIpv6("example.org", List.of(EVERYWHERE), List.of(OUT_6))).isFalse();
    assertThat(hasIpv6("[2001:db8::1]:443", List.of(EVERYWHERE), List.of(LAN_6))).isFalse();
  }

  private static boolean hasIpv6(String reach, List<String> four, List<String> six) {
    return GuestSubnet.choose(Reach.parse(reach), new HostRoutes(four, six)).ipv6();
  }

  @Test
  void isTheUsualOneIfThisHostIsNamedByItsAddressThere() {
    assertThat(choose(Reach.parse("10.0.2.2:80"), List.of(HEAD, LAN))).isEqualTo(GuestSubnet.USUAL);
    assertThat(choose(Reach.parse("10.0.2.7:80"), List.of(HEAD, LAN)))
        .isNotEqualTo(GuestSubnet.USUAL);
  }

  /** Templates of the usual one are as they were. */
  @Test
  void qemuAndTheGuestAreToldOfAnother() {
    GuestSubnet other = new GuestSubnet("192.168.241", false);
    GuestSubnet both = new GuestSubnet("192.168.241", true);

    assertThat(GuestSubnet.USUAL.options()).isEqualTo(",ipv6=off");
    assertThat(GuestSubnet.USUAL.kernelArguments()).isEmpty();
    assertThat(other.options()).isEqualTo(",ipv6=off,net=192.168.241.0/24");
    assertThat(other.kernelArguments()).isEqualTo(" peer.network=192.168.241");
    assertThat(both.options())
        .isEqualTo(",ipv6-prefix=2001:2::,ipv6-prefixlen=64,net=192.168.241.0/24");
    assertThat(both.kernelArguments())
        .isEqualTo(" peer.network=192.168.241 peer.network6=2001:2::");
  }

  @Test
  void whatWasTheGuestsIsTheLansThen() {
    Gate gate =
        new Gate(
            new NetworkRules(new Reach.Open(), new GuestSubnet("192.168.241", false), Set.of()),
            new Neighbourhood(),
            InetAddress::getAllByName,
            _ -> {});

    assertThat(judge(gate, Frames.tcp("10.0.2.2", 80))).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate, Frames.tcp("192.168.241.2", 80))).isEqualTo(FrameAction.PROHIBIT);
    assertThat(judge(gate, Frames.tcp("192.168.241.3", 53))).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate, Frames.tcp("10.0.2.3", 53))).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate, Frames.tcp("192.168.241.77", 80))).isEqualTo(FrameAction.PROHIBIT);
  }

  private static FrameAction judge(Gate gate, byte[] frame) {
    return gate.judge(frame, Optional.of(Frames.packet(frame)));
  }

  private static String choose(String... routes) {
    List<String> all = new ArrayList<>(List.of(HEAD));
    all.addAll(List.of(routes));
    return choose(new Reach.Open(), all).toString();
  }

  private static GuestSubnet choose(Reach reach, List<String> routes) {
    return GuestSubnet.choose(reach, new HostRoutes(routes, List.of()));
  }

  private static String route(String destination, String mask) {
    return "eth0\t"
        + destination
        + "\t00000000\t0001\t0\t0\t0\t"
        + mask
        + "\t0\t0\t0"
        + " ".repeat(30);
  }

  private static String route6(String destination, String length, String flags, String device) {
    return String.join(
        " ",
        destination,
        length,
        "0".repeat(32),
        "00",
        "0".repeat(32),
        "00000400",
        "00000001",
        "00000000",
        flags,
        "   " + device);
  }
}
