package dev.peer.vm.exec;

import dev.peer.vm.image.GuestImage;
import dev.peer.vm.qemu.Accelerator;
import dev.peer.vm.qemu.Qemu;

/**
 * What machines of one kind have in common.
 *
 * @param qemu the QEMU that runs them
 * @param accelerator the accelerator that runs their code
 * @param image the image that they boot
 * @param limits the sizes of their parts
 */
record MachineModel(Qemu qemu, Accelerator accelerator, GuestImage image, RunLimits limits) {}
