/**
 * The short commands of this machine that say what JGit cannot: {@code git} about a repository in a
 * form that only git reads, and {@code ssh} about its configuration.
 *
 * <p>Each answers a question and ends. No command that a repository configures is started: no hook,
 * no file system monitor, no pager. A command that is not on the {@code PATH}, and one that fails,
 * is an answer like any other.
 *
 * <p>Where a daemon does a command for somebody, they get that caller's variables.
 *
 * <p>Only this package starts them. It uses nothing of ours.
 */
package dev.peer.source.command;
