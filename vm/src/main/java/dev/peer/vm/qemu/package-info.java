/**
 * QEMU: from a specification to arguments, and from arguments to a process that never outlives its
 * parent. Sole owner of QEMU processes and of QMP.
 *
 * <p>Uses {@code vm.image} and {@code vm.network}.
 */
package dev.peer.vm.qemu;
