package dev.peer.vm.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.network.Reach;
import dev.peer.vm.network.Gate.FrameAction;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class GuestSubnetTest {

  private static final String HEAD =
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT   ";
  private static final String EVERYWHERE = route("00000000", "00000000");
  private static final String LAN = route("0002000A", "00FFFFFF");
  private static final String COMPANY = route("0000000A", "000000FF");
  private static final String LARGER_LAN = route("0000A8C0", "0000FFFF");
  private static final String ONE_HOST = route("07F11EAC", "FFFFFFFF");
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
  void isTheUsualOneIfThisHostIsNamedByItsAddressThere() {
    assertThat(GuestSubnet.choose(Reach.parse("10.0.2.2:80"), List.of(HEAD, LAN)))
        .isEqualTo(GuestSubnet.USUAL);
    assertThat(GuestSubnet.choose(Reach.parse("10.0.2.7:80"), List.of(HEAD, LAN)))
        .isNotEqualTo(GuestSubnet.USUAL);
  }

  /** Templates of the usual one are as they were. */
  @Test
  void qemuAndTheGuestAreToldOfAnother() {
    GuestSubnet other = new GuestSubnet("192.168.241");

    assertThat(GuestSubnet.USUAL.option() + GuestSubnet.USUAL.kernelArgument()).isEmpty();
    assertThat(other.option()).isEqualTo(",net=192.168.241.0/24");
    assertThat(other.kernelArgument()).isEqualTo(" peer.network=192.168.241");
  }

  @Test
  void whatWasTheGuestsIsTheLansThen() {
    Gate gate =
        new Gate(
            new NetworkRules(new Reach.Open(), new GuestSubnet("192.168.241"), OptionalInt.empty()),
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
    return GuestSubnet.choose(new Reach.Open(), all).toString();
  }

  private static String route(String destination, String mask) {
    return "eth0\t"
        + destination
        + "\t00000000\t0001\t0\t0\t0\t"
        + mask
        + "\t0\t0\t0"
        + " ".repeat(30);
  }
}
