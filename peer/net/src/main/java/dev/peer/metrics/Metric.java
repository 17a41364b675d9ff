package dev.peer.metrics;

import java.util.function.Consumer;

/**
 * One metric.
 *
 * @param help a sentence
 * @param type as the text format calls it
 * @param samples writes the current value
 */
record Metric(String name, String help, String type, Consumer<MetricsText> samples) {}
