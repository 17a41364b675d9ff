package dev.peer.core.key;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a repository asks for its run besides the usual.
 *
 * @param limits what the tests' container may use
 * @param retries how often a failing test stage is run again
 * @param prepareSecrets the names of the secrets that the preparation gets
 * @param containers whether the tests can start containers of their own
 */
public record TestOptions(
    ContainerLimits limits, int retries, SortedSet<String> prepareSecrets, boolean containers) {

  /** The most tries that a run can have. */
  public static final int MOST_TRIES = 10;

  /** The most retries that a run can have. */
  public static final int MOST_RETRIES = MOST_TRIES - 1;

  /** Nothing but the usual. */
  public static final TestOptions DEFAULT = new TestOptions(ContainerLimits.DEFAULT, 0);

  /** Copies the names; refuses a number of retries that no run can have. */
  public TestOptions {
    prepareSecrets = Collections.unmodifiableSortedSet(new TreeSet<>(prepareSecrets));
    prepareSecrets.forEach(RunInputs::requireName);
    if (retries < 0 || retries > MOST_RETRIES) {
      throw new IllegalArgumentException("retries: 0 to " + MOST_RETRIES + " were expected");
    }
  }

  /** Of tests that start no containers. */
  public TestOptions(ContainerLimits limits, int retries, SortedSet<String> prepareSecrets) {
    this(limits, retries, prepareSecrets, false);
  }

  /** Of a preparation without secrets. */
  public TestOptions(ContainerLimits limits, int retries) {
    this(limits, retries, new TreeSet<>());
  }

  /** The same, where the tests can start containers of their own. */
  public TestOptions withContainers() {
    return new TestOptions(limits, retries, prepareSecrets, true);
  }

  /**
   * Adds them to inputs, in the key and in the record. What is as usual is left out: inputs from
   * before there were options stay as they are.
   */
  public void addTo(ObjectNode json) {
    if (!limits.equals(ContainerLimits.DEFAULT)) {
      json.put("containerLimits", limits.toString());
    }
    if (retries > 0) {
      json.put("retries", retries);
    }
    if (!prepareSecrets.isEmpty()) {
      prepareSecrets.forEach(json.putArray("prepareSecrets")::add);
    }
    if (containers) {
      json.put("containers", true);
    }
  }

  /** The most often that the test stage is run. */
  public int allowedTries() {
    return retries + 1;
  }
}
