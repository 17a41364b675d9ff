/**
 * Counters of a process, and their text for Prometheus.
 *
 * <p>Counting takes no lock and knows no request: each counter is handed the {@link
 * dev.peer.metrics.Metrics} of its server. Labels are for a few values that the code knows; a value
 * from outside (names of peers, repositories, keys) is never one. Uses nothing of ours.
 */
package dev.peer.metrics;
