package dev.peer.core.store;

import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.KeptLists;
import java.nio.file.Path;

/**
 * The store's entry of a run. Disks and people change bytes, so it is as untrusted as a result from
 * a peer, and is verified in the same way before use.
 *
 * @param attestation the evidence
 * @param bundleFile its bundle
 * @param lists the revocation lists that were looked at when it was kept
 */
public record StoredEntry(Attestation attestation, Path bundleFile, KeptLists lists) {}
