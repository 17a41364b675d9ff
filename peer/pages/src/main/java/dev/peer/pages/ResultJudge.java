package dev.peer.pages;

import dev.peer.core.find.Acceptance;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.sign.RecordVerifier;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * What it takes to verify a result before it is shown.
 *
 * @param verifier supplies the current verifier
 * @param acceptance which results count
 * @param room where a result is unpacked
 */
public record ResultJudge(Supplier<RecordVerifier> verifier, Acceptance acceptance, Room room) {

  /** Creates directories. */
  @FunctionalInterface
  public interface Room {

    /** Creates a new one. */
    ScratchDirectory open() throws IOException;
  }
}
