/**
 * Evidence: a run record becomes a signed attestation (DSSE, in-toto), and an attestation from
 * outside becomes, if everything about it holds, a verified one.
 *
 * <p>Only this package makes a {@link dev.peer.core.sign.VerifiedAttestation} and a {@link
 * dev.peer.core.sign.VerifiedRecord}. Verification throws; it never returns a truth value. Uses
 * {@code core.id}, {@code core.json}, {@code core.key}, {@code core.record}, {@code core.timestamp}
 * and {@code core.trust}.
 */
package dev.peer.core.sign;
