package dev.peer.vm.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.network.Reach;
import dev.peer.vm.network.Gate.FrameAction;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {

  private static final String FAR = "203.0.113.7";
  private static final Map<String, List<String>> NAMES =
      Map.of(
          "mirror.example", List.of("203.0.113.7", "2001:db8::1", "203.0.113.8"),
          "other.example", List.of("203.0.113.9"),
          "rebound.example", List.of("127.0.0.1", "169.254.169.254", "10.0.2.2", "0.0.0.0"));

  private final List<String> refused = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.2.2",
        "10.0.2.3",
        "10.0.2.77",
        "10.0.2.255",
        "127.0.0.1",
        "127.1.2.3",
        "0.0.0.0",
        "0.1.2.3",
        "169.254.169.254",
        "224.0.0.251",
        "239.1.1.1",
        "255.255.255.255",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192"
      })
  void nothingLeadsToThisHostOrItsNeighbourhood(String address) {
    for (Reach reach : List.of(new Reach.Open(), new Reach.None(), hosts(address + ":80"))) {
      if (address.equals("10.0.2.2") && reach instanceof Reach.Hosts) {
        continue;
      }
      Gate gate = gate(reach);
      assertThat(judge(gate, Frames.tcp(address, 80)))
          .as("%s", reach)
          .isEqualTo(FrameAction.PROHIBIT);
      assertThat(judge(gate, Frames.udp(address, 80))).isEqualTo(FrameAction.PROHIBIT);
      assertThat(judge(gate, Frames.ping(address))).isEqualTo(FrameAction.PROHIBIT);
    }
  }

  @Test
  void noAddressOfAnInterfaceOfThisHostIsReached() throws Exception {
    Gate gate = gate(new Reach.Open());
    List<Inet4Address> own =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(Inet4Address.class::isInstance)
            .map(Inet4Address.class::cast)
            .toList();

    assertThat(own)
        .isNotEmpty()
        .allSatisfy(
            address ->
                assertThat(judge(gate, Frames.tcp(address.getHostAddress(), 22)))
                    .isEqualTo(FrameAction.PROHIBIT));
  }

  @Test
  void anOpenNetworkReachesAllElseAndNamesAtTheirPortOnly() {
    Gate gate = gate(new Reach.Open());

    assertThat(judge(gate, Frames.arp())).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate, Frames.tcp(FAR, 443))).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate, Frames.udp(FAR, 443))).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate, Frames.ping(FAR))).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate, Frames.tcp("10.0.3.2", 443))).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate, Frames.udp("10.0.2.3", 53))).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate, Frames.tcp("10.0.2.3", 53))).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate, Frames.tcp("10.0.2.3", 80))).isEqualTo(FrameAction.PROHIBIT);
  }

  @Test
  void thePreparationsProxyIsReachedAtItsPortAndNothingBesideIt() {
    for (Reach reach : List.of(new Reach.Open(), hosts("other.example"))) {
      Gate gate =
          new Gate(
              new NetworkRules(reach, GuestSubnet.USUAL, Set.of(40_001)),
              new Neighbourhood(),
              GateTest::resolve,
              refused::add);

      assertThat(judge(gate, Frames.tcp("10.0.2.2", 40_001))).isEqualTo(FrameAction.PASS);
      assertThat(judge(gate, Frames.tcp("10.0.2.2", 40_002))).isEqualTo(FrameAction.PROHIBIT);
      assertThat(judge(gate, Frames.tcp("10.0.2.4", 40_001))).isEqualTo(FrameAction.PROHIBIT);
      assertThat(judge(gate, Frames.ping("10.0.2.2"))).isEqualTo(FrameAction.PROHIBIT);
    }
  }

  @Test
  void noNetworkReachesNothing() {
    Gate gate = gate(new Reach.None());

    assertThat(judge(gate, Frames.tcp(FAR, 443))).isEqualTo(FrameAction.PROHIBIT);
    assertThat(judge(gate, Frames.udp("10.0.2.3", 53))).isEqualTo(FrameAction.PROHIBIT);
  }

  @Test
  void framesThatHideTheirDestinationAreDropped() {
    Gate gate = gate(new Reach.Open());
    byte[] good = Frames.tcp(FAR, 443);

    assertThat(judge(gate, changed(good, 12, 0x86, 0xdd))).as("IPv6").isEqualTo(FrameAction.DROP);
    assertThat(judge(gate, changed(good, 12, 0x81, 0x00))).as("VLAN").isEqualTo(FrameAction.DROP);
    assertThat(judge(gate, changed(good, Frames.IP, 0x46)))
        .as("options")
        .isEqualTo(FrameAction.DROP);
    assertThat(judge(gate, changed(good, Frames.IP, 0x44))).as("short").isEqualTo(FrameAction.DROP);
    assertThat(judge(gate, changed(good, Frames.IP + 2, 0x7f)))
        .as("cut")
        .isEqualTo(FrameAction.DROP);
    assertThat(judge(gate, changed(good, Frames.IP + 2, 0, 20)))
        .as("bare")
        .isEqualTo(FrameAction.DROP);
    assertThat(judge(gate, changed(good, Frames.IP + 9, 41)))
        .as("tunnel")
        .isEqualTo(FrameAction.DROP);
    for (int length = 0; length < good.length; length++) {
      assertThat(judge(gate, Arrays.copyOf(good, length))).isEqualTo(FrameAction.DROP);
    }
  }

  @Test
  void aFragmentWithoutPortsPassesOnlyWhereAllPortsMay() {
    byte[] later = changed(Frames.udp(FAR, 53), Frames.IP + 6, 0x20, 0x01);

    assertThat(judge(gate(new Reach.Open()), later)).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate(hosts(FAR)), later)).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate(hosts(FAR + ":53")), later)).isEqualTo(FrameAction.PROHIBIT);
    assertThat(
            judge(
                gate(new Reach.Open()),
                changed(Frames.udp("10.0.2.3", 53), Frames.IP + 6, 0x20, 0x01)))
        .isEqualTo(FrameAction.PROHIBIT);
  }

  @Test
  void aListOpensItsAddressesAtTheirPortsAndOnePortOfThisHost() {
    Gate gate = gate(hosts("203.0.113.7:443,203.0.113.8,10.0.2.2:3128"));

    assertThat(judge(gate, Frames.tcp(FAR, 443))).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate, Frames.tcp(FAR, 80))).isEqualTo(FrameAction.PROHIBIT);
    assertThat(judge(gate, Frames.ping(FAR))).isEqualTo(FrameAction.PROHIBIT);
    assertThat(judge(gate, Frames.ping("203.0.113.8"))).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate, Frames.tcp("203.0.113.9", 443))).isEqualTo(FrameAction.PROHIBIT);
    assertThat(judge(gate, Frames.tcp("10.0.2.2", 3128))).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate, Frames.tcp("10.0.2.2", 22))).isEqualTo(FrameAction.PROHIBIT);
    assertThat(judge(gate, Frames.tcp("10.0.2.3", 53))).isEqualTo(FrameAction.PROHIBIT);
  }

  @Test
  void aListedNameIsAnsweredByThisHostAndOpensWhatItGave() {
    Gate gate = gate(hosts("mirror.example:443"));
    assertThat(judge(gate, Frames.tcp(FAR, 443))).isEqualTo(FrameAction.PROHIBIT);

    ByteBuffer answer = ask(gate, "Mirror.Example", 1);

    assertThat(answer.getShort(0)).isEqualTo((short) 7);
    assertThat(answer.getShort(2)).isEqualTo((short) 0x8180);
    assertThat(answer.getShort(6)).as("answers").isEqualTo((short) 2);
    assertThat(answer.getInt(answer.limit() - 4)).as("203.0.113.8").isEqualTo(0xcb007108);
    assertThat(judge(gate, Frames.tcp(FAR, 443))).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate, Frames.tcp("203.0.113.8", 443))).isEqualTo(FrameAction.PASS);
    assertThat(judge(gate, Frames.tcp(FAR, 80))).isEqualTo(FrameAction.PROHIBIT);
    assertThat(ask(gate, "mirror.example", 28).getShort(6)).as("IPv6").isZero();
    assertThat(refused).isEmpty();
  }

  @Test
  void otherNamesAreAnsweredHereAndToldOnce() {
    Gate gate = gate(hosts("mirror.example"));

    for (String name : List.of("other.example", "secret.other.example", "other.example")) {
      ByteBuffer answer = ask(gate, name, 1);
      assertThat(answer.getShort(2)).as("no such name").isEqualTo((short) 0x8183);
      assertThat(answer.getShort(6)).isZero();
    }
    for (int i = 0; i < 50; i++) {
      ask(gate, "n" + i + ".example", 1);
    }

    assertThat(judge(gate, Frames.tcp("203.0.113.9", 443))).isEqualTo(FrameAction.PROHIBIT);
    assertThat(refused)
        .hasSize(10)
        .startsWith("other.example", "secret.other.example", "n0.example");
  }

  @Test
  void aListedNameLeadsToThisHostNoMoreThanItsAddressDoes() {
    Gate gate = gate(hosts("rebound.example,gone.example"));

    assertThat(ask(gate, "rebound.example", 1).getShort(6)).isZero();
    for (String address : NAMES.get("rebound.example")) {
      assertThat(judge(gate, Frames.tcp(address, 80))).isEqualTo(FrameAction.PROHIBIT);
    }
    assertThat(ask(gate, "gone.example", 1).getShort(2)).isEqualTo((short) 0x8182);
  }

  @Test
  void whatIsNoQuestionHasNoAnswer() {
    Gate gate = gate(hosts("mirror.example"));
    byte[] question = Frames.question("mirror.example", 1);

    for (int length = 0; length < question.length; length++) {
      byte[] cut = Arrays.copyOf(question, length);
      assertThat(gate.lookUp(Frames.packet(Frames.udp("10.0.2.3", 53, cut)))).isEmpty();
    }
    for (byte[] other :
        List.of(
            changed(question, 2, 0x81), // a response
            changed(question, 5, 2), // two questions
            changed(question, 12, 0xc0), // a pointer
            changed(question, question.length - 1, 3))) { // not the Internet's
      assertThat(gate.lookUp(Frames.packet(Frames.udp("10.0.2.3", 53, other)))).isEmpty();
    }
  }

  @Test
  void aProhibitedSenderIsToldByTheRouter() {
    byte[] sent = Frames.tcp("127.0.0.1", 22);

    ByteBuffer told = ByteBuffer.wrap(Frames.packet(sent).prohibited(GuestSubnet.USUAL.host()));

    assertThat(Arrays.copyOf(told.array(), 6)).isEqualTo(Arrays.copyOfRange(sent, 6, 12));
    assertThat(told.getInt(Frames.IP + 12)).as("from 10.0.2.2").isEqualTo(0x0a000202);
    assertThat(told.getInt(Frames.IP + 16)).as("to 10.0.2.15").isEqualTo(0x0a00020f);
    assertThat(told.getShort(Frames.TRANSPORT)).as("type and code").isEqualTo((short) 0x030d);
    assertThat(Arrays.copyOfRange(told.array(), Frames.TRANSPORT + 8, told.limit()))
        .isEqualTo(Arrays.copyOfRange(sent, Frames.IP, Frames.IP + 28));
    assertThat(sum(told, Frames.IP, Frames.TRANSPORT)).isEqualTo(0xffff);
    assertThat(sum(told, Frames.TRANSPORT, told.limit())).isEqualTo(0xffff);
  }

  private Gate gate(Reach reach) {
    return new Gate(NetworkRules.of(reach), new Neighbourhood(), GateTest::resolve, refused::add);
  }

  private static Reach hosts(String list) {
    return Reach.parse(list);
  }

  private static FrameAction judge(Gate gate, byte[] frame) {
    return gate.judge(frame, Packet.parse(frame));
  }

  /** The message that answers a question, of which the gate says that it answers it. */
  private static ByteBuffer ask(Gate gate, String name, int type) {
    byte[] frame = Frames.udp("10.0.2.3", 53, Frames.question(name, type));
    assertThat(judge(gate, frame)).isEqualTo(FrameAction.LOOK_UP);
    Optional<byte[]> answer = gate.lookUp(Frames.packet(frame));
    Packet back = Frames.packet(answer.orElseThrow());
    assertThat(back.destination()).isEqualTo(InetAddress.ofLiteral("10.0.2.15"));
    assertThat(back.destinationPort()).hasValue(40_000);
    return ByteBuffer.wrap(back.datagram().orElseThrow());
  }

  private static InetAddress[] resolve(String name) throws UnknownHostException {
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

  private static int sum(ByteBuffer bytes, int begin, int end) {
    int sum = 0;
    for (int i = begin; i < end; i += 2) {
      sum += Short.toUnsignedInt(bytes.getShort(i));
    }
    return (sum & 0xffff) + (sum >>> 16);
  }
}
