/**
 * What a guest sends, and whether it may leave: a filter between the guest's network card and
 * QEMU's user network, which by itself leads to the loopback interface of the host.
 *
 * <p>Uses {@code core.network}.
 */
package dev.peer.vm.network;
