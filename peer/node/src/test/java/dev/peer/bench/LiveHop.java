package dev.peer.bench;

import dev.peer.client.Timeouts;
import dev.peer.client.fetch.LiveFollower;
import dev.peer.core.access.AccessRules;
import dev.peer.core.find.FollowResult;
import dev.peer.core.find.Holder;
import dev.peer.core.id.PeerId;
import dev.peer.core.key.RunInputs;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.progress.OutputBytes;
import dev.peer.core.progress.RunEvent;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.sign.SignedRuns;
import dev.peer.core.trust.Credentials;
import dev.peer.http.ServerLimits;
import dev.peer.server.HeldFiles;
import dev.peer.server.LiveRun;
import dev.peer.server.PeerServer;
import dev.peer.tls.TestAuthority;
import dev.peer.wire.PeerAddress;
import dev.peer.wire.RunEnd;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * How far live output is behind, one hop away: lines go into a run at a steady pace, and each says
 * when it was written. Prints the delay at the followers, in milliseconds.
 *
 * <p>Arguments: a directory for the backlog, the number of followers, of lines, and of milliseconds
 * between two.
 */
public final class LiveHop {

  private static final RunInputs RUN = SignedRuns.inputs("test");
  private static final PeerId RUNNER = new PeerId("spiffe://bench/runner");
  private static final double NANOS_PER_MILLI = 1e6;

  private static final Timeouts PATIENCE =
      new Timeouts(
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          1,
          Duration.ofSeconds(1));

  /** Lines that do not count, while the JVM compiles. */
  private static final int WARM_UP = 100;

  private LiveHop() {}

  /** Measures and prints. */
  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    int followers = Integer.parseInt(arguments[1]);
    int lines = Integer.parseInt(arguments[2]);
    long pause = Long.parseLong(arguments[3]);
    TestAuthority team = new TestAuthority("bench");
    Credentials runner = team.issue(RUNNER.text());
    List<Delays> delays = new ArrayList<>();
    try (PeerServer server =
            PeerServer.start(
                team.peer(runner),
                AccessRules::open,
                HeldFiles.NONE,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                ServerLimits.PEER);
        LiveFollower follower =
            new LiveFollower(team.peer("spiffe://bench/ci"), AccessRules::open, PATIENCE);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      LiveRun run = new LiveRun(RUN.repo(), RUN.key(), RUN.goal());
      server.addRun(run);
      Holder holder = new Holder(RUNNER, List.of(PeerAddress.of(server.address())));
      run.begin(directory.resolve("live-" + followers));
      List<Future<FollowResult>> ends = new ArrayList<>();
      run.stage("test");
      for (int i = 0; i < followers; i++) {
        Delays ofOne = new Delays(lines);
        delays.add(ofOne);
        ends.add(threads.submit(() -> follower.follow(holder, RUN, Duration.ofMinutes(10), ofOne)));
        ofOne.begun.await();
      }
      for (int i = -WARM_UP; i < lines; i++) {
        Thread.sleep(pause);
        byte[] line = ByteBuffer.allocate(Long.BYTES).putLong(System.nanoTime()).array();
        run.write(OutputStreamName.STDOUT, line, 0, line.length);
      }
      run.end(new RunEnd.Passed());
      for (Future<FollowResult> end : ends) {
        if (!(end.get() instanceof FollowResult.Passed)) {
          throw new IllegalStateException("not followed to the end: " + end.get());
        }
      }
    }
    print(delays.stream().flatMapToLong(one -> Arrays.stream(one.nanos)).sorted().toArray());
  }

  private static void print(long[] sorted) {
    System.out.printf(
        Locale.ROOT,
        "%.2f %.2f %.2f%n",
        sorted[sorted.length / 2] / NANOS_PER_MILLI,
        sorted[(int) (sorted.length * 0.99)] / NANOS_PER_MILLI,
        sorted[sorted.length - 1] / NANOS_PER_MILLI);
  }

  /** How long each line was on its way to one follower. */
  private static final class Delays implements ExecutionListener {

    private final CountDownLatch begun = new CountDownLatch(1);
    private final ByteBuffer line = ByteBuffer.allocate(Long.BYTES);
    private final long[] nanos;
    private int count;

    Delays(int lines) {
      nanos = new long[lines];
    }

    @Override
    public void accept(RunEvent event) {
      switch (event) {
        case RunEvent.Stage _ -> begun.countDown();
        case RunEvent.TestOutput(OutputStreamName _, OutputBytes bytes) -> measure(bytes);
        case RunEvent.Message _ -> {}
      }
    }

    private void measure(OutputBytes bytes) {
      for (int i = bytes.offset(); i < bytes.offset() + bytes.length(); i++) {
        line.put(bytes.buffer()[i]);
        if (!line.hasRemaining()) {
          long delay = System.nanoTime() - line.flip().getLong();
          if (count++ >= WARM_UP) {
            nanos[count - 1 - WARM_UP] = delay;
          }
          line.clear();
        }
      }
    }
  }
}
