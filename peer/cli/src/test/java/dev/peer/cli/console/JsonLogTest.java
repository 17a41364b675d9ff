package dev.peer.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.PeerId;
import dev.peer.http.AnsweredRequest;
import dev.peer.wire.Trace;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class JsonLogTest {

  private static final Instant AT = Instant.parse("2026-01-31T12:00:00.123456Z");

  private final List<ObjectNode> lines = Collections.synchronizedList(new ArrayList<>());

  @Test
  void aRequestIsALine() {
    try (JsonLog log = new JsonLog(lines::add)) {
      log.answered(request("/v1/status", Optional.of(200), Optional.empty()));
    }

    assertThat(lines)
        .extracting(ObjectNode::toString)
        .containsExactly(
            """
            {"time":"2026-01-31T12:00:00.123Z","level":"info","event":"request",\
            "trace":"4bf92f3577b34da6a3ce929d0e0e4736","peer":"spiffe://team/laptop",\
            "address":"10.0.0.7:51234","method":"GET","path":"/v1/status",\
            "template":"/v1/status","status":200,"bytes":118,"milliseconds":1.25}\
            """);
  }

  @Test
  void anIPv6AddressIsInBrackets() throws Exception {
    BlockingQueue<ObjectNode> written = new LinkedBlockingQueue<>();
    InetAddress six = InetAddress.ofLiteral("2001:db8::7");
    try (JsonLog log = new JsonLog(written::add)) {
      log.answered(request("/x", Optional.of(200), Optional.empty(), six));

      assertThat(written.take().get("address").asText()).isEqualTo("[2001:db8:0:0:0:0:0:7]:51234");
    }
  }

  @Test
  void saysWhatWasBrokenOffAndWhatFailed() {
    Exception fault = new IllegalStateException("a fault\nof ours");
    try (JsonLog log = new JsonLog(lines::add)) {
      log.answered(request("/x", Optional.empty(), Optional.empty()));
      log.answered(request("/x", Optional.of(500), Optional.of(fault)));
    }

    assertThat(lines.getFirst().has("status")).isFalse();
    assertThat(lines.getFirst().get("cut").asBoolean()).isTrue();
    assertThat(lines.getLast().get("level").asText()).isEqualTo("error");
    assertThat(lines.getLast().get("failure").asText())
        .startsWith(
            "java.lang.IllegalStateException: a fault?of ours at dev.peer.cli.console.JsonLogTest");
  }

  @Test
  void cutsPathsAndShowsNoControlCharacters() {
    try (JsonLog log = new JsonLog(lines::add)) {
      log.answered(request("/\u009b" + "a".repeat(5000), Optional.of(404), Optional.empty()));
    }

    assertThat(lines.getFirst().get("path").asText()).startsWith("/?aaa").hasSize(1024);
  }

  @Test
  void noRequestWaitsForAReaderThatIsSlowAndWhatIsLeftOutIsCounted() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    int requests = 20_000;
    try (JsonLog log =
        new JsonLog(
            line -> {
              await(reading);
              lines.add(line);
            })) {
      for (int i = 0; i < requests; i++) {
        log.answered(request("/x", Optional.of(200), Optional.empty()));
      }
      reading.countDown();
      while (total() < requests) {
        Thread.sleep(10);
      }
    }

    assertThat(lines).anyMatch(line -> line.get("event").asText().equals("lost"));
    assertThat(total()).isEqualTo(requests);
  }

  private long total() {
    return List.copyOf(lines).stream().mapToLong(line -> line.path("requests").asLong(1)).sum();
  }

  private static void await(CountDownLatch reading) {
    try {
      reading.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static AnsweredRequest request(
      String path, Optional<Integer> status, Optional<Throwable> failure) {
    return request(path, status, failure, InetAddress.ofLiteral("10.0.0.7"));
  }

  private static AnsweredRequest request(
      String path, Optional<Integer> status, Optional<Throwable> failure, InetAddress from) {
    return new AnsweredRequest(
        AT,
        new Trace("4bf92f3577b34da6a3ce929d0e0e4736"),
        new AnsweredRequest.Sender(
            Optional.of(new PeerId("spiffe://team/laptop")), new InetSocketAddress(from, 51234)),
        new AnsweredRequest.Target("GET", path, path),
        new AnsweredRequest.Outcome(status, 118, Duration.ofNanos(1_250_000), failure));
  }
}
