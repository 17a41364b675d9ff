/**
 * The runs of a daemon without a caller: new commits of the repositories that it watches, and the
 * lines of their crontabs on time.
 *
 * <p>It looks at repositories and at the clock, and hands due runs to the queue of the daemon; it
 * runs nothing itself. Of each repository it keeps on disk which commit it has seen last, the
 * crontab, and up to when each line was handled, so that a daemon that was away finds out what it
 * has missed. Uses {@code core}, {@code daemon} and {@code source}; nothing else knows the cron
 * library.
 */
package dev.peer.schedule;
