/**
 * Results as pages for a browser: a list, a result with its output, its artifacts; runs in
 * progress; what a daemon does and keeps; what peers announce at a rendezvous; who is registered at
 * a relay. Pages are whole without a script; the page of a run in progress has one, to follow it.
 * Everything in them that comes from outside is text.
 *
 * <p>A page shows nothing that its reader may not fetch or look up. What it shows of one result was
 * verified for it, every byte. Nothing here is loaded before a page is asked for, but {@link
 * dev.peer.pages.Pages}, {@link dev.peer.pages.RendezvousPages} and {@link
 * dev.peer.pages.RelayPages}.
 *
 * <p>Uses {@code core}, {@code http} and {@code wire}; sole user of the template engine.
 */
package dev.peer.pages;
