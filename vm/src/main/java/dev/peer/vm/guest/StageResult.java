package dev.peer.vm.guest;

import java.util.Map;

/** How a stage ended in the guest. */
public sealed interface StageResult {

  /**
   * The stage's reported values, by name.
   *
   * @return at most a few entries
   */
  Map<String, String> info();

  /**
   * The stage's command ended.
   *
   * @param exitCode 0 to 255
   */
  record Exited(int exitCode, Map<String, String> info) implements StageResult {}

  /**
   * The agent could not bring the stage to its end.
   *
   * @param reason one of the protocol's reasons, such as {@code no-target}
   * @param message one line
   */
  record Refused(String reason, String message, Map<String, String> info) implements StageResult {}
}
