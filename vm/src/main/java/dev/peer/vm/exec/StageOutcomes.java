package dev.peer.vm.exec;

import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.flow.ExecutorException;
import dev.peer.vm.guest.StageResult;
import java.util.Optional;

/**
 * What the end of a stage means for the run: which words of the guest's agent are about the
 * revision, and which about the machine.
 *
 * @param limits the sizes that messages name
 */
record StageOutcomes(RunLimits limits) {

  static final String NO_TARGET = "no-target";

  /** Whether a run goes on after the stage. */
  static boolean passed(StageResult result) {
    return result instanceof StageResult.Exited exited && exited.exitCode() == 0;
  }

  /** The outcome of the run if the stage ends it. */
  Optional<ExecutionResult> endedBy(String stage, StageResult result) throws ExecutorException {
    if (passed(result)) {
      return Optional.empty();
    }
    return Optional.of(
        switch (result) {
          case StageResult.Exited exited -> new ExecutionResult.Failed(stage, exited.exitCode());
          case StageResult.Refused refused -> refused(stage, refused);
        });
  }

  /**
   * The outcome of a run whose stage was refused.
   *
   * @throws ExecutorException if the revision is not to blame
   */
  ExecutionResult refused(String stage, StageResult.Refused refused) throws ExecutorException {
    String message = refused.message();
    return switch (refused.reason()) {
      case NO_TARGET ->
          new ExecutionResult.Refused(
              stage, message, "add a rule for it to the mkfile, or ask for a target that has one");
      case "mkfile" ->
          new ExecutionResult.Refused(stage, message, "fix the mkfile where mk says so");
      case "no-image" ->
          new ExecutionResult.Refused(
              stage,
              message,
              "make base-image build the image that CONTAINERIMAGE names"
                  + " (podman build -t $CONTAINERIMAGE .)");
      case "container" ->
          new ExecutionResult.Refused(
              stage,
              message,
              "check that the container image runs, and has the user that it names");
      case "no-artifact" ->
          new ExecutionResult.Refused(
              stage, message, "make every file that the mkfile names below /var/run/ci/artifacts");
      case "memory-full" ->
          throw new ExecutorException(
              "the guest's memory is full in the stage " + stage + ": " + message,
              "give it more with PEER_MEMORY (now " + RunLimits.shown(limits.memoryBytes()) + ")");
      case "disk-full" ->
          throw new ExecutorException(
              "the guest's disk is full in the stage " + stage + ": " + message,
              "give it more with PEER_DISK (now " + RunLimits.shown(limits.diskBytes()) + ")");
      case "too-large" ->
          throw new ExecutorException(
              "the artifacts do not fit: " + message,
              "keep fewer, or give the guest more disk with PEER_DISK");
      default ->
          throw new ExecutorException(
              "the guest failed in the stage " + stage + ": " + message,
              "see above; if it happens again, build the guest image again with `peer image"
                  + " build`");
    };
  }
}
