/**
 * Templates: machines frozen right after their boot, of which each run resumes a private clone. And
 * frozen guests: machines frozen when a stage had failed, of which each look resumes a private
 * copy.
 *
 * <p>A template knows no repository, no secret and no test: it is taken before the guest reads
 * anything. A frozen guest knows all that the test knew. Uses {@code core.id}, {@code core.key},
 * {@code core.record}, {@code core.scratch}, {@code vm.image} and {@code vm.qemu}.
 */
package dev.peer.vm.snapshot;
