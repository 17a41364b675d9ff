package dev.peer.vm.snapshot;

import dev.peer.core.id.RepoId;
import dev.peer.core.record.RuntimeId;
import dev.peer.core.sign.VerificationException;
import java.util.List;
import java.util.Set;

/** Judges whether a disk counts now that another peer prepared. */
@FunctionalInterface
public interface VoucherJudge {

  /**
   * Verifies the voucher of a disk.
   *
   * @param repos the repositories of one of which it must be
   * @return the runtimes that the disk came from, the first one first
   * @throws VerificationException if the voucher does not count
   */
  List<RuntimeId> verify(Set<RepoId> repos, Voucher voucher) throws VerificationException;
}
