package dev.peer.core.find;

import dev.peer.core.sign.RecordVerifier;

/**
 * When a result is used here.
 *
 * @param verifier decides which results hold
 * @param acceptance decides which of these count
 */
public record ResultRules(RecordVerifier verifier, Acceptance acceptance) {}
