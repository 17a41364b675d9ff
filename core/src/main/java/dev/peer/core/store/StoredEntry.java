package dev.peer.core.store;

import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.KeptLists;
import java.nio.file.Path;

/**
 * What lies in the store for a run. Disks and hands change bytes: it is as untrusted as what comes
 * from a peer, and is verified in the same way before it is used.
 *
 * @param attestation the evidence
 * @param bundleFile what it is about
 * @param lists the revocation lists that were looked at when it was kept
 */
public record StoredEntry(Attestation attestation, Path bundleFile, KeptLists lists) {}
