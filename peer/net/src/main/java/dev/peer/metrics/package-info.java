/**
 * Counts of what a process does, and their text for Prometheus.
 *
 * <p>Counting takes no lock and knows no request: whoever counts is handed the {@link
 * dev.peer.metrics.Metrics} of its server. Labels are for a few values that the code knows; what
 * comes from outside (names of peers, repositories, keys) is never one. Uses nothing of ours.
 */
package dev.peer.metrics;
