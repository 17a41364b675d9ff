/**
 * The tests' own reports: JUnit XML among a run's artifacts, in the dialects of the tools that
 * write it.
 *
 * <p>Reports come from the tests and are believed in nothing. Parsing is bounded in size, number
 * and depth; no document type, entity or reference leads anywhere. A report counts whole or not at
 * all, and whatever is in it changes no verdict. Uses {@code core.id} and {@code core.record}.
 */
package dev.peer.core.junit;
