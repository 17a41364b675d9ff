package dev.peer.core.sign;

import dev.peer.core.timestamp.Timestamp;
import java.time.Instant;
import java.util.Optional;

/**
 * Until when an attestation holds, by the certificates that it rests on. A revocation can end it
 * sooner.
 *
 * @param until the end: of the signer's certificate or of one above it, or else of the
 *     time-stamping authority's, whichever path lasts longer
 * @param timestamp the timestamp that makes it last so long; none if it is the certificate
 */
public record Evidence(Instant until, Optional<Timestamp> timestamp) {}
