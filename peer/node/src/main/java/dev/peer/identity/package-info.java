/**
 * What a process that serves for long read from files, and reads anew when they change.
 *
 * <p>Files are looked at, not listened to: a look costs nothing that counts, and sees files that
 * are replaced in place, renamed into place, or below a symbolic link that is, alike. Only what is
 * whole and good takes the place of what was there before. Uses {@code config} and {@code
 * core.trust}.
 */
package dev.peer.identity;
