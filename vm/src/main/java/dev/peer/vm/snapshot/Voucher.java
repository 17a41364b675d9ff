package dev.peer.vm.snapshot;

import dev.peer.core.sign.Attestation;
import java.time.Instant;

/**
 * Says why a disk counts that another peer prepared, or that was made from such a disk.
 *
 * @param attestation the maker's
 * @param since when it came
 */
public record Voucher(Attestation attestation, Instant since) {}
