/**
 * Runs a revision in a machine: implements the flow's {@code Executor}.
 *
 * <p>Uses {@code core.flow} and all of {@code vm}.
 */
package dev.peer.vm.exec;
