/**
 * Templates: machines frozen right after their boot, of which each run resumes a private clone. And
 * frozen guests: machines frozen when a stage had failed, of which each look resumes a private
 * copy.
 *
 * <p>And kept disks: what preparations left of container images and caches. A preparation is root
 * in its guest, so a disk is code of the commits that prepared it, which it names; who starts from
 * one is decided by {@code core.flow}'s {@code Lineage}. It is named by the guest image and the
 * size too, so that only runs which trust that image anyway start from it.
 *
 * <p>A template knows no repository, no secret and no test: it is taken before the guest reads
 * anything. A frozen guest knows all that the test knew. Uses {@code core.id}, {@code core.key},
 * {@code core.record}, {@code core.scratch}, {@code vm.image} and {@code vm.qemu}.
 */
package dev.peer.vm.snapshot;
