/**
 * The result of a run: the run record, its output with timing, its artifacts, and the bundle that
 * carries them.
 *
 * <p>Reading is strict and bounded: a record or bundle is taken whole or not at all. Uses {@code
 * core.chunk}, {@code core.id}, {@code core.json} and {@code core.key}.
 */
package dev.peer.core.record;
