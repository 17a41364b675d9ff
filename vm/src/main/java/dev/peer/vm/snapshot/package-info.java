/**
 * Templates: machines frozen right after their boot, of which each run resumes a private clone.
 *
 * <p>A template knows no repository, no secret and no test: it is taken before the guest reads
 * anything. Uses {@code core.id}, {@code core.scratch}, {@code vm.image} and {@code vm.qemu}.
 */
package dev.peer.vm.snapshot;
