/**
 * Templates: machines frozen right after their boot, of which each run resumes a private clone. And
 * frozen guests: machines frozen when a stage had failed, of which each look resumes a private
 * copy.
 *
 * <p>And kept disks: the container images and caches that preparations left. A preparation is root
 * in its guest, so a disk is code of the commits that prepared it, and it names them. {@code
 * Lineage} of {@code core.flow} decides which runs start from it. Its name also holds the guest
 * image and the size, so that only runs that trust that image anyway start from it.
 *
 * <p>A template knows no repository, no secret and no test: it is taken before the guest reads
 * anything. A frozen guest knows everything that the test knew. Uses {@code core.id}, {@code
 * core.json}, {@code core.key}, {@code core.record}, {@code core.scratch}, {@code core.sign},
 * {@code vm.image} and {@code vm.qemu}.
 */
package dev.peer.vm.snapshot;
