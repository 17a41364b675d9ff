/**
 * Writes a read-only file system that Linux mounts: EROFS, uncompressed, without extended
 * attributes (the kernel's {@code Documentation/filesystems/erofs.rst} and {@code
 * fs/erofs/erofs_fs.h}).
 *
 * <p>It is our own since it is small, and since {@code mkfs.erofs} wants a directory first: a file
 * is written once here, from git's objects to its place on the disk.
 */
package dev.peer.vm.erofs;
