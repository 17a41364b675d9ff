/**
 * Signatures and key agreement on the curves P-256 and X25519 by the system's OpenSSL, for
 * processes that open many connections: OpenSSL takes a quarter of Java's time. Where the system
 * has none, or a key is of another kind, Java's own code does the same.
 *
 * <p>Nothing native outlives a call: a key is made for the call, from the Java key, and freed after
 * it.
 */
package dev.peer.core.openssl;
