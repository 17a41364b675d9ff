package dev.peer.vm.snapshot;

import dev.peer.core.record.RuntimeId;
import dev.peer.core.sign.VerificationException;
import java.util.List;

/** Judges whether a disk counts now that another peer prepared. */
@FunctionalInterface
public interface VoucherJudge {

  /**
   * Verifies the voucher of a disk of this name.
   *
   * @return the runtimes that the disk came from, the first one first
   * @throws VerificationException if the voucher does not count
   */
  List<RuntimeId> verify(DiskName name, Voucher voucher) throws VerificationException;
}
