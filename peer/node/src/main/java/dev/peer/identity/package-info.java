/**
 * The files of a long-running process, which it reads again when they change.
 *
 * <p>It looks at files and does not wait for notifications: a look is cheap, and sees files alike
 * that are replaced in place, renamed into place, or below a replaced symbolic link. Only whole and
 * good content replaces the earlier content. Uses {@code config} and {@code core.trust}.
 */
package dev.peer.identity;
