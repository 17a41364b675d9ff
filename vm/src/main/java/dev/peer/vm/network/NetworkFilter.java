package dev.peer.vm.network;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * Stands between a guest's network card and QEMU's user network: whatever the guest sends comes
 * here, and goes on only from here. Once this is closed, or fails, nothing goes on.
 *
 * <p>On each connection a frame follows its length of four bytes. QEMU reads nothing while it waits
 * for the filter to read its frame. So the filter's reading never waits for its writing, and frames
 * that QEMU does not read in time are dropped, as on any network.
 */
public final class NetworkFilter implements AutoCloseable {

  /** The connection on which frames of the guest come. */
  public static final String SENT = "net-sent";

  /** The connection on which they go on. */
  public static final String PASSED = "net-passed";

  /** The connection on which frames go back to the guest. */
  public static final String ANSWERS = "net-answers";

  /** The names of all connections. */
  public static final List<String> CONNECTIONS = List.of(SENT, PASSED, ANSWERS);

  private static final int LARGEST_FRAME = 1 << 16;
  private static final int MOST_WAITING = 512;
  private static final int MOST_LOOKUPS = 16;

  private final Map<String, SocketChannel> connections;
  private final Gate gate;
  private final BlockingQueue<byte[]> passed = new LinkedBlockingQueue<>(MOST_WAITING);
  private final BlockingQueue<byte[]> answers = new LinkedBlockingQueue<>(MOST_WAITING);
  private final Semaphore lookups = new Semaphore(MOST_LOOKUPS);
  private final List<Thread> threads;

  private NetworkFilter(Map<String, SocketChannel> connections, Gate gate) {
    this.connections = Map.copyOf(connections);
    this.gate = gate;
    this.threads =
        List.of(
            thread(this::read),
            thread(() -> write(passed, PASSED)),
            thread(() -> write(answers, ANSWERS)));
  }

  /**
   * Starts to filter.
   *
   * @param connections the {@link #CONNECTIONS}, which are closed with the filter
   * @param refused told of names that the guest asked for and that are not listed: the first ten
   */
  public static NetworkFilter start(
      NetworkRules rules, Map<String, SocketChannel> connections, Consumer<String> refused) {
    Gate gate = new Gate(rules, new Neighbourhood(), InetAddress::getAllByName, refused);
    NetworkFilter filter = new NetworkFilter(connections, gate);
    filter.threads.forEach(Thread::start);
    return filter;
  }

  private Thread thread(Work work) {
    return Thread.ofVirtual().name("network").unstarted(() -> untilItEnds(work));
  }

  private interface Work {

    void run() throws IOException, InterruptedException;
  }

  private void untilItEnds(Work work) {
    try (this) {
      work.run();
    } catch (IOException | InterruptedException e) {
      // QEMU or the run has ended, and the guest's network with it.
      return;
    }
  }

  private void read() throws IOException {
    try (DataInputStream in =
        new DataInputStream(
            new BufferedInputStream(Channels.newInputStream(connections.get(SENT))))) {
      while (true) {
        int length = in.readInt();
        if (length < 0 || length > LARGEST_FRAME) {
          throw new IOException("no frame has " + length + " bytes");
        }
        byte[] frame = new byte[length];
        in.readFully(frame);
        take(frame);
      }
    }
  }

  private void take(byte[] frame) {
    Optional<Packet> packet = Packet.parse(frame);
    switch (gate.judge(frame, packet)) {
      case PASS -> passed.offer(frame);
      case DROP -> {}
      case PROHIBIT -> answers.offer(gate.prohibited(packet.orElseThrow()));
      case LOOK_UP -> lookUp(packet.orElseThrow());
    }
  }

  private void lookUp(Packet packet) {
    if (lookups.tryAcquire()) {
      // The C library resolves, which would hold a carrier of virtual threads.
      Thread.ofPlatform()
          .daemon()
          .name("lookup")
          .start(
              () -> {
                try {
                  gate.lookUp(packet).ifPresent(answers::offer);
                } finally {
                  lookups.release();
                }
              });
    }
  }

  private void write(BlockingQueue<byte[]> frames, String to)
      throws IOException, InterruptedException {
    while (true) {
      byte[] frame = frames.take();
      ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + frame.length);
      bytes.putInt(frame.length).put(frame).flip();
      while (bytes.hasRemaining()) {
        connections.get(to).write(bytes);
      }
    }
  }

  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
    for (SocketChannel connection : connections.values()) {
      try {
        connection.close();
      } catch (IOException e) {
        // It is being given up: there is nothing to do about it.
        continue;
      }
    }
  }
}
