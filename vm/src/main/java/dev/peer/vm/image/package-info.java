/**
 * Guest images: directories named by the digest of their manifest, which names each file's digest.
 *
 * <p>Uses {@code core.id}, {@code core.record} for strict JSON and {@code core.scratch}. The build
 * recipe runs as a process of its own.
 */
package dev.peer.vm.image;
