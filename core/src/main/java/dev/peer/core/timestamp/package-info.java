/**
 * When something existed at the latest: timestamps of RFC 3161. A token covers a signature's raw
 * bytes, by their SHA-256.
 *
 * <p>{@link dev.peer.core.timestamp.TimestampQuery} asks an authority, {@link
 * dev.peer.core.timestamp.TimestampAuthority} is one, and {@link
 * dev.peer.core.timestamp.TimestampVerifier} alone makes a {@link
 * dev.peer.core.timestamp.Timestamp}. BouncyCastle reads and writes the tokens, and loads when
 * there is one. No sockets and no files. Uses {@code core.id} and {@code core.trust}.
 */
package dev.peer.core.timestamp;
