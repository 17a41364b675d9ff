/**
 * The host's side of the guest protocol, version 2 (described in {@code image/README.md}).
 *
 * <p>Everything the guest sends is untrusted and bounded: lines by length, artifacts by the size of
 * their disk. Uses {@code core.id} and {@code core.record}.
 */
package dev.peer.vm.guest;
