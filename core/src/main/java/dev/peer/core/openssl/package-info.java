/**
 * Signatures and key agreement on the curves P-256 and X25519, SHA-256 and AES by the system's
 * OpenSSL. A process that opens many connections has it for the curves, in a quarter of Java's
 * time; one that somebody waits for has it for all, because Java's own code is fast only when it is
 * compiled. Where the system has none, or forbids a part, or a key is of another kind, Java's own
 * code does the same.
 *
 * <p>No native key outlives a call: it is made for the call, from the Java key, and freed after it.
 * The curve P-256 is made once, because that takes as long as a signature. The state of a digest is
 * an array of Java.
 */
package dev.peer.core.openssl;
