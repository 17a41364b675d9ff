/**
 * The host's side of the guest protocol, version 4 (described in {@code image/README.md}).
 *
 * <p>Everything the guest sends is untrusted and bounded: lines by length, artifacts by the size of
 * their disk. Uses {@code core.id}, {@code core.record} and {@code core.secret}.
 */
package dev.peer.vm.guest;
