package dev.peer.core.record;

import dev.peer.core.key.RunInputs;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * The record of one run.
 *
 * @param inputs everything that counted
 * @param exitCode the exit code of the test stage; 0 is a pass
 * @param startedAt when the executor began, in UTC and milliseconds
 * @param finishedAt when the last stage ended
 * @param containerImage the container image's name, as the mkfile gave it
 * @param containerImageId the container image's id inside the guest
 * @param secretNames the variables that were passed in and not counted
 * @param accelerator what ran the guest's code: {@code kvm} or {@code tcg}
 * @param cpus the guest's processors
 * @param memoryBytes the guest's memory
 * @param provenance what shaped the run besides its inputs
 * @param output the test's output
 * @param artifacts the run's artifacts
 * @param tests the counts of the reports among them; empty if there is none
 */
public record RunRecord(
    RunInputs inputs,
    int exitCode,
    Instant startedAt,
    Instant finishedAt,
    String containerImage,
    String containerImageId,
    List<String> secretNames,
    String accelerator,
    int cpus,
    long memoryBytes,
    Provenance provenance,
    TestOutput output,
    Artifacts artifacts,
    Optional<TestCounts> tests) {

  /** More than any clock that is set while a run goes on can make of it. */
  public static final Duration LONGEST = Duration.ofDays(366);

  /**
   * Copies the collections, cuts times to milliseconds, refuses more tries than the inputs allow,
   * and stages that took longer than the run.
   */
  public RunRecord {
    startedAt = startedAt.truncatedTo(ChronoUnit.MILLIS);
    finishedAt = finishedAt.truncatedTo(ChronoUnit.MILLIS);
    secretNames = List.copyOf(secretNames);
    secretNames.forEach(RunInputs::requireName);
    if (provenance instanceof Provenance.Stated stated) {
      require(
          stated.tries().allowed() == inputs.options().allowedTries(),
          "tries "
              + stated.tries()
              + ", where the inputs allow "
              + inputs.options().allowedTries());
      require(
          stated.stages().fitInto(Duration.between(startedAt, finishedAt)),
          "the stages took longer than the run");
    }
  }

  /** How long the run took. */
  public Duration took() {
    return Duration.between(startedAt, finishedAt);
  }

  /** Whether the tests passed. */
  public boolean passed() {
    return exitCode == 0;
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
