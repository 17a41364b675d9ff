package dev.peer.vm.snapshot;

import dev.peer.core.id.Digest;
import dev.peer.core.sign.Attestation;
import java.nio.file.Path;

/**
 * A prepared runtime in the form that moves from peer to peer.
 *
 * @param content the file with its bytes
 * @param digest of these
 * @param attestation its maker's
 */
public record HeldRuntime(Path content, Digest digest, Attestation attestation) {}
