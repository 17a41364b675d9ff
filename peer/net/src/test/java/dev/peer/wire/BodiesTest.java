package dev.peer.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.record.MalformedException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodiesTest {

  private static final URI A = URI.create("https://10.0.0.1:7443");
  private static final URI B = URI.create("https://[2001:db8::1]:7443");

  @Test
  void readsTheReportItWrote() throws Exception {
    for (HolderReport.Fault fault : HolderReport.Fault.values()) {
      HolderReport report = new HolderReport(new PeerId("spiffe://x/laptop"), fault);

      assertThat(HolderReport.parse(report.json())).isEqualTo(report);
    }
    assertThat(new HolderReport(new PeerId("x"), HolderReport.Fault.UNREACHABLE).json())
        .asString(UTF_8)
        .isEqualTo("{\"peer\":\"x\",\"fault\":\"unreachable\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"peer\":\"x\"}",
        "{\"fault\":\"wrong\"}",
        "{\"peer\":\"\",\"fault\":\"wrong\"}",
        "{\"peer\":\"x\",\"fault\":\"WRONG\"}",
        "{\"peer\":\"x\",\"fault\":\"late\"}",
        "{\"peer\":\"x\",\"fault\":\"wrong\",\"why\":\"x\"}",
      })
  void refusesAnotherReport(String json) {
    assertThatThrownBy(() -> HolderReport.parse(json.getBytes(UTF_8)))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void readsTheHitItWrote() throws Exception {
    HitReport hit = new HitReport(new PeerId("x"), Duration.ofMillis(1500));

    assertThat(hit.json()).asString(UTF_8).isEqualTo("{\"peer\":\"x\",\"savedMilliseconds\":1500}");
    assertThat(HitReport.parse(hit.json())).isEqualTo(hit);
    HitReport longest = HitReport.of(new PeerId("x"), Duration.ofDays(1000));
    assertThat(HitReport.parse(longest.json()).saved()).isEqualTo(Duration.ofDays(30));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"peer\":\"x\"}",
        "{\"savedMilliseconds\":1}",
        "{\"peer\":\"\",\"savedMilliseconds\":1}",
        "{\"peer\":\"x\",\"savedMilliseconds\":-1}",
        "{\"peer\":\"x\",\"savedMilliseconds\":1.5}",
        "{\"peer\":\"x\",\"savedMilliseconds\":\"1\"}",
        "{\"peer\":\"x\",\"savedMilliseconds\":2592000001}",
        "{\"peer\":\"x\",\"savedMilliseconds\":9223372036854775808}",
        "{\"peer\":\"x\",\"savedMilliseconds\":1,\"by\":\"y\"}",
      })
  void refusesAnotherHit(String json) {
    assertThatThrownBy(() -> HitReport.parse(json.getBytes(UTF_8)))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void readsTheLeaseItWrote() throws Exception {
    LeaseRequest lease = new LeaseRequest(List.of(A, B));

    assertThat(lease.json())
        .asString(UTF_8)
        .isEqualTo("{\"addresses\":[\"https://10.0.0.1:7443\",\"https://[2001:db8::1]:7443\"]}");
    assertThat(LeaseRequest.parse(lease.json())).isEqualTo(lease);
  }

  @Test
  void readsTheImagesOfTheLeaseItWrote() throws Exception {
    LeaseRequest lease =
        new LeaseRequest(List.of(A), List.of(Digest.of(new byte[] {1}), Digest.of(new byte[] {2})));

    assertThat(lease.json()).asString(UTF_8).contains(",\"images\":[\"sha256:");
    assertThat(LeaseRequest.parse(lease.json())).isEqualTo(lease);
  }

  @Test
  void refusesTooManyImagesAndOneTwice() {
    List<Digest> many =
        IntStream.range(0, 33).mapToObj(i -> Digest.of(new byte[] {(byte) i})).toList();

    assertThatThrownBy(() -> new LeaseRequest(List.of(A), many))
        .hasMessageContaining("at most 32 images");
    assertThatThrownBy(() -> new LeaseRequest(List.of(A), Collections.nCopies(2, many.get(0))))
        .hasMessageContaining("each once");
    assertThat(new LeaseRequest(List.of(A), many.subList(0, 32)).json().length)
        .isLessThan(Limits.REQUEST_BODY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "null",
        "{}",
        "{\"addresses\":[]}",
        "{\"addresses\":\"https://h:1\"}",
        "{\"addresses\":[1]}",
        "{\"addresses\":[\"https://h:1\"],\"peer\":\"x\"}",
        "{\"addresses\":[\"https://h:1\"],\"addresses\":[\"https://h:1\"]}",
        "{\"addresses\":[\"https://h:1\",\"https://h:1\"]}",
        "{\"addresses\":[\"https://h:1\"]} {}",
        "{\"addresses\":[\"https://h:1\"],\"images\":\"sha256:0\"}",
        "{\"addresses\":[\"https://h:1\"],\"images\":[\"sha256:0\"]}",
        "{\"addresses\":[\"https://h:1\"],\"images\":[1]}",
        "{\"images\":[]}",
      })
  void refusesAnotherLease(String json) {
    assertThatThrownBy(() -> LeaseRequest.parse(json.getBytes(UTF_8)))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void refusesTooManyAddresses() {
    String[] many = new String[9];
    for (int i = 0; i < many.length; i++) {
      many[i] = "\"https://h:" + (i + 1) + "\"";
    }
    byte[] json = ("{\"addresses\":[" + String.join(",", many) + "]}").getBytes(UTF_8);

    assertThatThrownBy(() -> LeaseRequest.parse(json)).hasMessageContaining("1 to 8 addresses");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://h:1",
        "https://h",
        "https://h:0",
        "https://h:65536",
        "https://h:1/",
        "https://h:1/x",
        "https://u@h:1",
        "https://h:1?q",
        "https://h:1#f",
        "https://:1",
        "HTTPS://h:1",
        "https://h:01",
        "https://[fe80::1%25eth0]:1/",
        "https://h h:1",
        "h:1",
        "",
      })
  void refusesWhatIsNoAddress(String address) {
    assertThatThrownBy(() -> PeerAddress.parse(address))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("https://host:port");
  }

  @Test
  void refusesAnAddressThatIsTooLong() {
    assertThatThrownBy(() -> PeerAddress.parse("https://" + "h".repeat(300) + ":1"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void writesTheAddressOfASocket() throws Exception {
    byte[] six = InetAddress.getByName("2001:db8::1").getAddress();

    assertThat(PeerAddress.of(new InetSocketAddress(InetAddress.getByAddress(six), 1)))
        .isEqualTo(PeerAddress.parse("https://[2001:db8:0:0:0:0:0:1]:1"));
    assertThat(PeerAddress.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 7)))
        .isEqualTo(PeerAddress.parse("https://127.0.0.1:7"));
  }

  @Test
  void readsTheTermsItWrote() throws Exception {
    LeaseTerms terms = new LeaseTerms(Duration.ofSeconds(15), Duration.ofSeconds(45));

    assertThat(LeaseTerms.parse(terms.json())).isEqualTo(terms);
    assertThat(LeaseTerms.parse(terms.of("7b").json())).isEqualTo(terms.of("7b"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"renewAfterSeconds\":0,\"expiresAfterSeconds\":9}",
        "{\"renewAfterSeconds\":9,\"expiresAfterSeconds\":9}",
        "{\"renewAfterSeconds\":9,\"expiresAfterSeconds\":61}",
        "{\"renewAfterSeconds\":1.5,\"expiresAfterSeconds\":9}",
        "{\"renewAfterSeconds\":-9223372036854775808,\"expiresAfterSeconds\":9}",
        "{\"renewAfterSeconds\":5}",
        "{\"renewAfterSeconds\":5,\"expiresAfterSeconds\":9,\"lease\":\"\"}",
        "{\"renewAfterSeconds\":5,\"expiresAfterSeconds\":9,\"lease\":\"a b\"}",
      })
  void refusesTermsThatCanNotBeKept(String json) {
    assertThatThrownBy(() -> LeaseTerms.parse(json.getBytes(UTF_8)))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void readsTheHoldersItWrote() throws Exception {
    HolderList holders =
        new HolderList(
            List.of(
                new HolderList.Entry(new PeerId("spiffe://x/laptop"), List.of(A)),
                new HolderList.Entry(new PeerId("CN=\"ü\",O=x"), List.of(B, A)),
                new HolderList.Entry(new PeerId("ci"), List.of(A), RunState.RUNNING),
                new HolderList.Entry(new PeerId("ci"), List.of(B), RunState.FAILED),
                new HolderList.Entry(
                    new PeerId("ci"),
                    List.of(B),
                    RunState.of(new RunEnd.Failed("test", Optional.of(3), Instant.EPOCH)))));

    assertThat(holders.json())
        .asString(UTF_8)
        .contains("{\"peer\":\"spiffe://x/laptop\",\"addresses\":[\"https://10.0.0.1:7443\"]}")
        .contains(",\"state\":\"running\"}");
    assertThat(HolderList.parse(holders.json())).isEqualTo(holders);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"holders\":[]}",
        "{\"holders\":[{\"peer\":\"\",\"addresses\":[\"https://h:1\"]}]}",
        "{\"holders\":[{\"peer\":\"x\",\"addresses\":[]}]}",
        "{\"holders\":[{\"peer\":\"x\",\"addresses\":[\"file:///etc/passwd\"]}]}",
        "{\"holders\":[{\"peer\":\"x\",\"addresses\":[\"https://h:1\"],\"x\":1}]}",
        "{\"holders\":[{\"peer\":\"x\",\"addresses\":[\"https://h:1\"],\"state\":\"passed\"}]}",
        "{\"holders\":[{\"peer\":\"x\",\"addresses\":[\"https://h:1\"],\"state\":1}]}",
        "{\"holders\":[{\"peer\":\"x\",\"addresses\":[\"https://h:1\"],\"state\":\"running\","
            + "\"failure\":{\"stage\":\"test\",\"at\":\"2030-01-31T12:00:00Z\"}}]}",
        "{\"holders\":[{\"peer\":\"x\",\"addresses\":[\"https://h:1\"],\"state\":\"failed\","
            + "\"failure\":{\"stage\":\"te st\",\"at\":\"2030-01-31T12:00:00Z\"}}]}",
        "{\"holders\":[{\"peer\":\"x\\n\",\"addresses\":[\"https://h:1\"]}]}",
      })
  void refusesOtherHolders(String json) {
    assertThatThrownBy(() -> HolderList.parse(json.getBytes(UTF_8)))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void refusesMoreHoldersThanAreAskedFor() {
    HolderList.Entry entry = new HolderList.Entry(new PeerId("x"), List.of(A));

    assertThatThrownBy(() -> new HolderList(Collections.nCopies(17, entry)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsTheStatusesItWrote() throws Exception {
    PeerStatus peer = new PeerStatus(new PeerId("x"), 3);
    RendezvousStatus rendezvous = new RendezvousStatus(1, 2);

    assertThat(PeerStatus.parse(peer.json())).isEqualTo(peer);
    assertThat(RendezvousStatus.parse(rendezvous.json())).isEqualTo(rendezvous);
  }

  @Test
  void readsTheProblemItWrote() throws Exception {
    for (Problem.Kind kind : Problem.Kind.values()) {
      Problem problem = new Problem(kind, "why");

      assertThat(Problem.parse(problem.json())).contains(problem);
    }
  }

  @Test
  void readsAProblemOfAnotherServer() throws Exception {
    assertThat(Problem.parse("{\"title\":\"x\",\"balance\":[30]}".getBytes(UTF_8))).isEmpty();
    assertThatThrownBy(() -> Problem.parse("<html>".getBytes(UTF_8)))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void keepsControlCharactersOutOfAProblem() throws Exception {
    byte[] json = new Problem(Problem.Kind.INTERNAL, "a\u001b[2Jb\nc").json();

    assertThat(Problem.parse(json).orElseThrow().detail()).isEqualTo("a?[2Jb?c");
  }
}
