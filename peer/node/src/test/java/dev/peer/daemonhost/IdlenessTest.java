package dev.peer.daemonhost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.daemon.QueuedRun;
import dev.peer.daemon.QueuedRunEnd;
import dev.peer.daemon.socket.CommandCaller;
import dev.peer.daemon.socket.CommandHandler;
import dev.peer.daemon.socket.CommandRequest;
import dev.peer.http.AnsweredRequest;
import dev.peer.http.RequestLog;
import dev.peer.wire.PeerPath;
import dev.peer.wire.Trace;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class IdlenessTest {

  private Instant now = Instant.parse("2026-11-29T12:00:00Z");
  private final Idleness idleness = new Idleness(() -> now);

  @Test
  void growsWithTheClock() {
    pass(Duration.ofMinutes(59));

    assertThat(idleness.time(List.of())).isEqualTo(Duration.ofMinutes(59));
  }

  @Test
  void aCommandIsWorkWhileItLasts() {
    CommandHandler commands =
        idleness.counting(
            new CommandHandler() {
              @Override
              public boolean takes(CommandRequest request) {
                return true;
              }

              @Override
              public OptionalInt run(CommandRequest request, CommandCaller caller) {
                pass(Duration.ofHours(5));
                assertThat(idleness.time(List.of())).isZero();
                pass(Duration.ofHours(5));
                return OptionalInt.of(0);
              }
            });
    pass(Duration.ofMinutes(30));
    assertThat(commands.takes(null)).isTrue();
    assertThat(idleness.time(List.of())).isEqualTo(Duration.ofMinutes(30));

    assertThat(commands.run(null, null)).hasValue(0);

    assertThat(idleness.time(List.of())).isZero();
    pass(Duration.ofMinutes(2));
    assertThat(idleness.time(List.of())).isEqualTo(Duration.ofMinutes(2));
  }

  @Test
  void aRequestOfAnotherPeerIsWorkUnlessItAsksWhetherThisIsHere() {
    RequestLog log = idleness.counting(RequestLog.NONE);
    pass(Duration.ofMinutes(30));

    String runtimes = new PeerPath.Runtimes(new RepoId("x"), Digest.of(new byte[0])).template();
    for (String template : List.of("/v1/status", runtimes, "/metrics", "/healthz")) {
      log.begun(template);
      log.answered(request(template));
    }
    log.answered(request("none"));
    assertThat(idleness.time(List.of())).isEqualTo(Duration.ofMinutes(30));
    log.begun("/v1/results/{key}");
    log.answered(request("/v1/results/{key}"));
    assertThat(idleness.time(List.of())).isZero();
  }

  /** A large bundle on a slow line. */
  @Test
  void aRequestIsWorkWhileItLasts() {
    RequestLog log = idleness.counting(RequestLog.NONE);
    log.begun("/v1/blobs/{digest}");
    pass(Duration.ofHours(2));

    assertThat(idleness.time(List.of())).isZero();

    pass(Duration.ofHours(2));
    log.answered(request("/v1/blobs/{digest}"));
    pass(Duration.ofMinutes(2));
    assertThat(idleness.time(List.of())).isEqualTo(Duration.ofMinutes(2));
  }

  @Test
  void beginsAgainWhenTheClockIsSetBack() {
    idleness.counting(RequestLog.NONE).answered(request("/v1/results/{key}"));
    QueuedRun run = endedNow();
    pass(Duration.ofDays(-1));

    assertThat(idleness.time(List.of(run))).isZero();
    pass(Duration.ofHours(1));
    assertThat(idleness.time(List.of(run))).isEqualTo(Duration.ofHours(1));
  }

  private QueuedRun endedNow() {
    return new QueuedRun(
        1,
        null,
        now,
        1,
        QueuedRun.Position.of(QueuedRun.State.ENDED),
        Optional.of(new QueuedRun.End(QueuedRunEnd.ofExit(0, ""), now)));
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  private AnsweredRequest request(String path) {
    return new AnsweredRequest(
        now,
        new Trace("4bf92f3577b34da6a3ce929d0e0e4736"),
        new AnsweredRequest.Sender(
            Optional.empty(), new InetSocketAddress(InetAddress.ofLiteral("10.0.0.7"), 51234)),
        new AnsweredRequest.Target("GET", path, path),
        new AnsweredRequest.Outcome(Optional.of(200), 0, Duration.ZERO, Optional.empty()));
  }
}
