/**
 * A filter that decides which frames of a guest may leave: between the guest's network card and
 * QEMU's user network, which by itself leads to the loopback interface of the host.
 *
 * <p>Uses {@code core.network}.
 */
package dev.peer.vm.network;
