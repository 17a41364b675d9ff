package dev.peer.vm.snapshot;

import java.util.Optional;

/** Judges whether a disk counts now that another peer prepared. */
@FunctionalInterface
public interface VoucherJudge {

  /** Why the voucher of a disk of this name does not count, if so. */
  Optional<String> refusal(DiskName name, Voucher voucher);
}
