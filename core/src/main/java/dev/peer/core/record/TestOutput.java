package dev.peer.core.record;

/**
 * The output of a run's test stage.
 *
 * @param stdout the test's standard output
 * @param stderr the test's standard error
 * @param timing in which pieces and when, in the form of {@link Timing}
 */
public record TestOutput(Content stdout, Content stderr, Content timing) {}
