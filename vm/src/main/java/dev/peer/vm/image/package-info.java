/**
 * Guest images: directories named by the digest of their manifest, which names each file's digest.
 *
 * <p>Beside them are records of how each came here, and the attestation of its signer, whose bytes
 * are kept and not judged here.
 *
 * <p>Uses {@code core.id}, {@code core.record} for strict JSON, {@code core.scratch} and {@code
 * core.sign} for the attestation's bytes. The build recipe runs as a process of its own.
 */
package dev.peer.vm.image;
