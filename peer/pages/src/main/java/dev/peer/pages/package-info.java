/**
 * Results as pages for a browser: a list, a result with its output, its artifacts. Pages are whole
 * without a script, and everything in them that comes from outside is text.
 *
 * <p>A page shows nothing that its reader may not fetch. What it shows of one result was verified
 * for it, every byte. Nothing here is loaded before a page is asked for, but {@link
 * dev.peer.pages.Pages}.
 *
 * <p>Uses {@code core}, {@code http} and {@code wire}; sole user of the template engine.
 */
package dev.peer.pages;
