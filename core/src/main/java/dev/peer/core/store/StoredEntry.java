package dev.peer.core.store;

import dev.peer.core.sign.Attestation;
import java.nio.file.Path;

/**
 * What lies in the store for a run. Disks and hands change bytes: it is as untrusted as what comes
 * from a peer, and is verified in the same way before it is used.
 */
public record StoredEntry(Attestation attestation, Path bundleFile) {}
