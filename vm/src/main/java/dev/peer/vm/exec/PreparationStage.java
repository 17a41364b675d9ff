package dev.peer.vm.exec;

import dev.peer.core.id.Digest;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.record.Preparation;
import dev.peer.vm.guest.GuestException;
import dev.peer.vm.guest.StageResult;
import java.io.IOException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The one stage that has a way out, and what it needs for it; measures how it goes. */
final class PreparationStage {

  static final String NAME = "prepare";

  private final StageRunner stages;
  private final GuestNetwork network;
  private final ExecutionListener listener;
  private Optional<Preparation> last = Optional.empty();

  PreparationStage(StageRunner stages, GuestNetwork network, ExecutionListener listener) {
    this.stages = stages;
    this.network = network;
    this.listener = listener;
  }

  StageResult run(List<String> targetAndArguments)
      throws IOException, GuestException, InterruptedException {
    long begun = System.nanoTime();
    MessageDigest log = Digest.sha256();
    try (OpenWayOut wayOut = network.wayOut()) {
      stages.handFiles(wayOut.files());
      stages.handPreparationSecrets();
      StageResult result =
          stages.run(
              NAME,
              targetAndArguments,
              (stream, buffer, offset, length) -> {
                log.update(buffer, offset, length);
                listener.stageOutput(NAME, buffer, offset, length);
              });
      last =
          Optional.of(
              new Preparation(
                  network.ofPreparation(),
                  Digest.ofFinished(log),
                  Duration.ofNanos(System.nanoTime() - begun)));
      return result;
    }
  }

  /** How it went. */
  Preparation last() {
    return last.orElseThrow();
  }
}
