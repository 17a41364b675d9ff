package dev.peer.vm.qemu;

import java.util.Locale;

/** The accelerator that runs the guest's code: the processor itself, or QEMU's translator. */
public enum Accelerator {
  KVM,
  TCG;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
