/**
 * Contents that Git LFS keeps for files of a repository, as they lie on this machine. A content is
 * known by its SHA-256 and size, which a pointer in the repository's tree names. Uses {@code
 * core.id}, {@code core.record} and {@code core.scratch}.
 */
package dev.peer.lfs;
