package dev.peer.vm.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.network.Reach;
import dev.peer.vm.network.Gate.FrameAction;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateIPv6Test {

  private static final String FAR = "2001:db8::7";
  private static final String NAMES_SERVER = "2001:2::3";
  private static final GuestSubnet SUBNET = new GuestSubnet("10.0.2", true);
  private static final Map<String, List<String>> NAMES =
      Map.of(
          "mirror.example", List.of("203.0.113.7", "2001:db8::7", "2001:db8::8"),
          "rebound.example",
              List.of("::1", "fe80::1", "::ffff:127.0.0.1", "64:ff9b::a9fe:a9fe", "2001:2::2"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "::",
        "::1",
        "::2",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:203.0.113.7",
        "::ffff:169.254.169.254",
        "::ffff:0:127.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b::169.254.169.254",
        "64:ff9b::0.0.0.0",
        "64:ff9b:1::203.0.113.7",
        "2001::1",
        "2002:7f00:1::1",
        "2002:a9fe:a9fe::1",
        "fe80::1",
        "fe80::2",
        "febf::1",
        "fec0::2",
        "2001:2::",
        "2001:2::2",
        "2001:2::15",
        "2001:2::77",
        "2001:2::ffff:ffff:ffff:ffff",
        "fd00:ec2::254",
        "fd00:ec2::253",
        "fd20:ce::254",
        "fd00:c1::a9fe:a9fe"
      })
  void nothingLeadsToThisHostOrItsNeighbourhood(String address) {
    for (Reach reach : List.of(new Reach.Open(), new Reach.None(), hosts("mirror.example"))) {
      Gate gate = gate(reach);
      assertThat(judge(gate, Frames.tcp6(address, 80)))
          .as("%s", reach)
          .isEqualTo(FrameAction.PROHIBIT);
      assertThat(judge(gate, Frames.udp6(address, 80))).isEqualTo(FrameAction.PROHIBIT);
    }
  }

  @Test
  void aListOpensNoneOfThem() {
    for (String address : List.of("::1", "fe80::1", "2001:2::2", "fd00:ec2::254")) {
      assertThat(judge(gate(hosts("[" + address + "]")), Frames.tcp6(address, 80)))
          .isEqualTo(FrameAction.PROHIBIT);
    }
  }

  /** A host that is a router takes datagrams to the first address of its networks too. */
  @Test
  void noAddressOfAnInterfaceOfThisHostIsReached() throws Exception {
    Gate gate = gate(new Reach.Open());
    List<InterfaceAddress> own =
        NetworkInterface.networkInterfaces()
            .flatMap(each -> each.getInterfaceAddresses().stream())
            .filter(each -> each.getAddress() instanceof Inet6Address)
            .toList();

    for (InterfaceAddress each : own) {
      byte[] address = each.getAddress().getAddress();
      assertThat(judge(gate, Frames.tcp6(text(address), 22))).isEqualTo(FrameAction.PROHIBIT);
      if (each.getNetworkPrefixLength() == 64) {
        Arrays.fill(address, 8, 16, (byte) 0);
        assertThat(judge(gate, Frames.tcp6(text(address), 22))).isEqualTo(FrameAction.PROHIBIT);
      }
    }
  }

  private static String text(byte[] address) throws UnknownHostException {
    return InetAddress.getByAddress(address).getHostAddress();
  }

  @Test
  void anOpenNetworkReachesAllElseAndNamesAtTheirPortOnly() {
    Gate gate = gate(new Reach.Open());

    for (String far : List.of(FAR, "fd00:77::1", "64:ff9b::203.0.113.7", "2002:cb00:7107::1")) {
      assertThat(judge(gate, Frames.tcp6(far, 443))).as(far).isEqualTo(FrameAction.PASS);
      assertThat(judge(gate, Frames.udp6(far, 443))).isEqualTo(FrameAction.PASS);
    }
    assertThat(judge(gate, Frames.udp6(NAMES_SERVER, 53))).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate, Frames.tcp6(NAMES_SERVER, 53))).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate, Frames.tcp6(NAMES_SERVER, 80))).isEqualTo(FrameAction.PROHIBIT);
    assertThat(judge(gate(new Reach.None()), Frames.tcp6(FAR, 443)))
        .isEqualTo(FrameAction.PROHIBIT);
    assertThat(judge(gate(new Reach.None()), Frames.udp6(NAMES_SERVER, 53)))
        .isEqualTo(FrameAction.PROHIBIT);
  }

  @Test
  void aGuestWithoutIPv6SendsNone() throws Exception {
    Gate gate =
        new Gate(NetworkRules.of(new Reach.Open()), new Neighbourhood(), this::resolve, _ -> {});

    assertThat(judge(gate, Frames.tcp6(FAR, 443))).isEqualTo(FrameAction.DROP);
    assertThat(judge(gate, Frames.icmp6("ff02::2", 133))).isEqualTo(FrameAction.DROP);
    Gate list =
        new Gate(
            NetworkRules.of(hosts("mirror.example")), new Neighbourhood(), this::resolve, _ -> {});
    byte[] question = Frames.question("mirror.example", 28);
    assertThat(ask(list, Frames.udp("10.0.2.3", 53, question))).isEmpty();
  }

  @Test
  void theGuestFindsQemuAndNobodyElse() {
    Gate gate = gate(new Reach.Open());

    assertThat(judge(gate, Frames.icmp6("ff02::2", 133))).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate, Frames.icmp6("ff02::1:ff00:2", 135))).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate, Frames.icmp6("fe80::2", 136))).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate, Frames.icmp6("2001:2::2", 135))).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate, Frames.icmp6("2001:2::2", 128))).as("ping").isEqualTo(FrameAction.DROP);
    assertThat(judge(gate, Frames.icmp6(FAR, 128))).as("ping").isEqualTo(FrameAction.DROP);
    assertThat(judge(gate, Frames.icmp6(FAR, 135))).isEqualTo(FrameAction.DROP);
    assertThat(judge(gate, Frames.icmp6("ff05::2", 135))).isEqualTo(FrameAction.DROP);
    assertThat(judge(gate, Frames.icmp6("ff02::1", 134))).as("router").isEqualTo(FrameAction.DROP);
    assertThat(judge(gate, Frames.icmp6("fe80::2", 137)))
        .as("redirect")
        .isEqualTo(FrameAction.DROP);
    assertThat(judge(gate, changed(Frames.icmp6("fe80::2", 135), Frames.IP + 7, 254)))
        .as("passed on")
        .isEqualTo(FrameAction.DROP);
    assertThat(judge(gate, Frames.udp6("ff02::1", 53))).isEqualTo(FrameAction.DROP);
    assertThat(judge(gate, Frames.udp6("ff02::1:2", 547))).isEqualTo(FrameAction.DROP);
  }

  @Test
  void framesThatHideTheirDestinationAreDropped() {
    Gate gate = gate(new Reach.Open());
    byte[] good = Frames.tcp6(FAR, 443);
    assertThat(judge(gate, good)).isEqualTo(FrameAction.PASS);

    assertThat(judge(gate, changed(good, Frames.IP, 0x45)))
        .as("version")
        .isEqualTo(FrameAction.DROP);
    for (int header : List.of(0, 4, 41, 43, 44, 50, 51, 59, 60, 135, 1, 132)) {
      assertThat(judge(gate, changed(good, Frames.IP + 6, header)))
          .as("header %d", header)
          .isEqualTo(FrameAction.DROP);
    }
    assertThat(judge(gate, changed(good, Frames.IP + 4, 0, 0)))
        .as("jumbo")
        .isEqualTo(FrameAction.DROP);
    assertThat(judge(gate, changed(good, Frames.IP + 4, 0, 7)))
        .as("bare")
        .isEqualTo(FrameAction.DROP);
    assertThat(judge(gate, changed(good, Frames.IP + 4, 0x7f)))
        .as("cut")
        .isEqualTo(FrameAction.DROP);
    assertThat(judge(gate, changed(Frames.tcp("203.0.113.7", 443), Frames.IP + 9, Packet.ICMP6)))
        .as("ICMPv6 in IPv4")
        .isEqualTo(FrameAction.DROP);
    for (int length = 0; length < good.length; length++) {
      assertThat(judge(gate, Arrays.copyOf(good, length))).isEqualTo(FrameAction.DROP);
    }
  }

  @Test
  void aListOpensItsAddressesAtTheirPorts() {
    Gate gate = gate(hosts("[2001:db8::7]:443,[2001:DB8:0::8],10.0.2.2:3128"));

    assertThat(judge(gate, Frames.tcp6(FAR, 443))).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate, Frames.tcp6(FAR, 80))).isEqualTo(FrameAction.PROHIBIT);
    assertThat(judge(gate, Frames.tcp6("2001:db8::8", 80))).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate, Frames.tcp6("2001:db8::9", 443))).isEqualTo(FrameAction.PROHIBIT);
    assertThat(judge(gate, Frames.tcp6("2001:2::2", 3128))).isEqualTo(FrameAction.PROHIBIT);
    assertThat(judge(gate, Frames.tcp6("::ffff:10.0.2.2", 3128))).isEqualTo(FrameAction.PROHIBIT);
    assertThat(judge(gate, Frames.tcp6(NAMES_SERVER, 53))).isEqualTo(FrameAction.PROHIBIT);
  }

  @Test
  void aListedNameIsAnsweredByThisHostAndOpensWhatItGave() throws Exception {
    Gate gate = gate(hosts("mirror.example:443"));
    assertThat(judge(gate, Frames.tcp6(FAR, 443))).isEqualTo(FrameAction.PROHIBIT);

    List<String> four =
        ask(gate, Frames.udp6(NAMES_SERVER, 53, Frames.question("mirror.example", 1)));
    assertThat(four).containsExactly("203.0.113.7");
    assertThat(judge(gate, Frames.tcp6(FAR, 443))).isEqualTo(FrameAction.PROHIBIT);
    List<String> six = ask(gate, Frames.udp("10.0.2.3", 53, Frames.question("mirror.example", 28)));
    assertThat(six).containsExactly("2001:db8:0:0:0:0:0:7", "2001:db8:0:0:0:0:0:8");

    assertThat(judge(gate, Frames.tcp6(FAR, 443))).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate, Frames.tcp6("2001:db8::8", 443))).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate, Frames.tcp6(FAR, 80))).isEqualTo(FrameAction.PROHIBIT);
  }

  @Test
  void aListedNameLeadsToThisHostNoMoreThanItsAddressDoes() throws Exception {
    Gate gate = gate(hosts("rebound.example"));

    for (int type : List.of(1, 28)) {
      byte[] question = Frames.question("rebound.example", type);
      assertThat(ask(gate, Frames.udp6(NAMES_SERVER, 53, question))).isEmpty();
    }
    for (String address : NAMES.get("rebound.example")) {
      assertThat(judge(gate, Frames.tcp6(address, 80))).isEqualTo(FrameAction.PROHIBIT);
    }
    assertThat(judge(gate, Frames.tcp("127.0.0.1", 80))).isEqualTo(FrameAction.PROHIBIT);
  }

  /** IPv6 requires a checksum of a datagram, so the kernel of the guest would drop others. */
  @Test
  void answersOfTheNameServerAreWhole() {
    Gate gate = gate(hosts("mirror.example"));

    for (String name : List.of("mirror.example", "other.example", "odd.example")) {
      byte[] sent = Frames.udp6(NAMES_SERVER, 53, Frames.question(name, 28));
      ByteBuffer answer = ByteBuffer.wrap(gate.lookUp(Frames.packet(sent)).orElseThrow());
      assertThat(Arrays.copyOf(answer.array(), 6)).isEqualTo(Arrays.copyOfRange(sent, 6, 12));
      assertThat(Arrays.copyOfRange(answer.array(), Frames.IP + 8, Frames.IP + 24))
          .isEqualTo(InetAddress.ofLiteral(NAMES_SERVER).getAddress());
      assertThat(answer.getShort(Frames.TRANSPORT_6)).isEqualTo((short) 53);
      assertThat(answer.getShort(Frames.TRANSPORT_6 + 2)).isEqualTo((short) 40_000);
      assertThat(answer.getShort(Frames.TRANSPORT_6 + 6)).isNotZero();
      assertThat(sum(answer, Packet.UDP)).isEqualTo(0xffff);
    }
  }

  @Test
  void aProhibitedSenderIsToldByTheRouter() {
    byte[] sent = Frames.tcp6("fe80::1", 22);

    ByteBuffer told = ByteBuffer.wrap(gate(new Reach.Open()).prohibited(Frames.packet(sent)));

    assertThat(Arrays.copyOf(told.array(), 6)).isEqualTo(Arrays.copyOfRange(sent, 6, 12));
    assertThat(Arrays.copyOfRange(told.array(), Frames.IP + 8, Frames.IP + 24))
        .isEqualTo(InetAddress.ofLiteral("2001:2::2").getAddress());
    assertThat(Arrays.copyOfRange(told.array(), Frames.IP + 24, Frames.IP + 40))
        .isEqualTo(InetAddress.ofLiteral("2001:2::15").getAddress());
    assertThat(told.getShort(Frames.TRANSPORT_6)).as("type and code").isEqualTo((short) 0x0101);
    assertThat(Arrays.copyOfRange(told.array(), Frames.TRANSPORT_6 + 8, told.limit()))
        .isEqualTo(Arrays.copyOfRange(sent, Frames.IP, Frames.IP + 48));
    assertThat(sum(told, Packet.ICMP6)).isEqualTo(0xffff);
  }

  /** Of a packet and what its checksum counts besides. */
  private static int sum(ByteBuffer frame, int protocol) {
    int sum = protocol + frame.getShort(Frames.IP + 4);
    byte[] rest = Arrays.copyOfRange(frame.array(), Frames.IP + 8, frame.limit());
    ByteBuffer padded = ByteBuffer.wrap(Arrays.copyOf(rest, rest.length + rest.length % 2));
    while (padded.hasRemaining()) {
      sum += Short.toUnsignedInt(padded.getShort());
    }
    return (sum & 0xffff) + (sum >>> 16);
  }

  private Gate gate(Reach reach) {
    return new Gate(
        new NetworkRules(reach, SUBNET, Set.of()), new Neighbourhood(), this::resolve, _ -> {});
  }

  private static Reach hosts(String list) {
    return Reach.parse(list);
  }

  private static FrameAction judge(Gate gate, byte[] frame) {
    return gate.judge(frame, Packet.parse(frame));
  }

  /** The addresses of the answer to a question. */
  private static List<String> ask(Gate gate, byte[] frame) throws UnknownHostException {
    assertThat(judge(gate, frame)).isEqualTo(FrameAction.LOOK_UP);
    Packet back = Frames.packet(gate.lookUp(Frames.packet(frame)).orElseThrow());
    ByteBuffer answer = ByteBuffer.wrap(back.datagram().orElseThrow());
    List<String> addresses = new ArrayList<>();
    int question = Packet.parse(frame).orElseThrow().datagram().orElseThrow().length;
    answer.position(question);
    while (answer.hasRemaining()) {
      byte[] address = new byte[answer.getShort(answer.position() + 10)];
      answer.get(answer.position() + 12, address);
      answer.position(answer.position() + 12 + address.length);
      addresses.add(InetAddress.getByAddress(address).getHostAddress());
    }
    return addresses;
  }

  private InetAddress[] resolve(String name) throws UnknownHostException {
    if (!NAMES.containsKey(name)) {
      throw new UnknownHostException(name);
    }
    return NAMES.get(name).stream().map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
  }

  private static byte[] changed(byte[] frame, int at, int... bytes) {
    byte[] changed = frame.clone();
    for (int i = 0; i < bytes.length; i++) {
      changed[at + i] = (byte) bytes[i];
    }
    return changed;
  }
}
