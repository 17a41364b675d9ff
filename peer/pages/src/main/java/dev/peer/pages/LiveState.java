package dev.peer.pages;

import dev.peer.wire.RunEnd;
import java.util.Optional;

/**
 * How far a run has got, for people.
 *
 * @param text how far
 * @param isGood whether it goes on, or has passed
 * @param result where its result is, once it has passed
 * @param omitted how many lines a page does not show, beyond those that it has
 */
public record LiveState(String text, boolean isGood, Optional<String> result, int omitted) {

  static LiveState of(RunInProgress run, LiveLog log) {
    int omitted = log.stages().omitted() + log.output().omitted();
    if (log.end().isEmpty()) {
      String at = log.stage().map(stage -> "Running, stage " + stage).orElse("About to begin");
      return new LiveState(at, true, Optional.empty(), omitted);
    }
    return switch (log.end().get()) {
      case RunEnd.Passed _ ->
          new LiveState(
              "Passed", true, Optional.of(new PagePath.Result(run.key()).text()), omitted);
      case RunEnd.Failed failed ->
          new LiveState(
              "Failed in "
                  + failed.stage()
                  + failed.exitCode().map(code -> ", exit code " + code).orElse(""),
              false,
              Optional.empty(),
              omitted);
      case RunEnd.BrokenOff _ ->
          new LiveState("Broken off, without an outcome", false, Optional.empty(), omitted);
    };
  }
}
