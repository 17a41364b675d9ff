package dev.peer.relay;

import dev.peer.core.id.PeerId;
import dev.peer.core.record.MalformedException;
import dev.peer.tls.TlsConnection;
import dev.peer.wire.InstanceId;
import dev.peer.wire.RelayLine;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A process of a peer that is registered, for as long as its connection lasts. */
final class Registration {

  /** A caller is refused while this many others wait to be announced. */
  private static final int WAITING = 64;

  private final Name name;
  private final TlsConnection connection;
  private final Instant since = Instant.now();
  private final BlockingQueue<RelayLine> waiting = new ArrayBlockingQueue<>(WAITING);

  /** The process of a registration. */
  record Name(PeerId peer, InstanceId instance) {}

  Registration(Name name, TlsConnection connection) {
    this.name = name;
    this.connection = connection;
  }

  Name name() {
    return name;
  }

  /** When it began. */
  Instant since() {
    return since;
  }

  /** Whether the line will be said; not when too many are waiting. */
  boolean say(RelayLine line) {
    return waiting.offer(line);
  }

  /** Another connection has taken its place. */
  void end() {
    connection.cut();
  }

  /**
   * Sends pending lines, and signs of life at intervals, until the connection ends.
   *
   * @param silence after which the peer is taken for gone
   * @param busy told of lines that the peer does not read
   * @throws IOException when the connection ends, in whatever way
   */
  void run(Duration alive, Duration silence, Consumer<RelayLine.Busy> busy) throws IOException {
    Thread writer = Thread.ofVirtual().start(() -> write(alive));
    try {
      connection.setSilence(silence);
      while (true) {
        switch (RelayLine.read(connection.in())) {
          case RelayLine.Alive _ -> {}
          case RelayLine.Busy refused -> busy.accept(refused);
          case RelayLine.Dial _ -> throw new IOException("a peer sends no dial on this connection");
        }
      }
    } catch (MalformedException e) {
      throw new IOException(e);
    } finally {
      connection.cut();
      writer.interrupt();
    }
  }

  private void write(Duration alive) {
    try {
      while (true) {
        RelayLine line = waiting.poll(alive.toNanos(), TimeUnit.NANOSECONDS);
        connection.out().write((line == null ? new RelayLine.Alive() : line).bytes());
        connection.out().flush();
      }
    } catch (IOException e) {
      connection.cut();
    } catch (InterruptedException e) {
      // The connection has ended.
    }
  }
}
