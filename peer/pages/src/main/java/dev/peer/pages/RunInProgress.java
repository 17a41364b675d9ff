package dev.peer.pages;

import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A run that goes on at the peer. */
public interface RunInProgress {

  /** Whose tests it runs. */
  RepoId repo();

  /** Which run it is. */
  RunKey key();

  /** The target of mk and further arguments. */
  String goal();

  /** When it was announced. */
  Instant since();

  /** Begins to look on, from the run's start; empty: the maximum is reached. */
  Optional<Onlooker> onlooker();

  /** Sees what the run puts out, at its own speed. */
  interface Onlooker extends AutoCloseable {

    /**
     * Waits for the next {@linkplain dev.peer.wire.OutputFrame frames}, or a part of one: output, a
     * sign of life, or the end. Empty: there are no more.
     *
     * @param most how long to wait for more than a sign of life
     */
    Optional<ByteBuffer> next(Duration most) throws IOException, InterruptedException;

    @Override
    void close() throws IOException;
  }
}
