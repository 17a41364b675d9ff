package dev.peer.pages;

import dev.peer.core.id.PeerId;
import dev.peer.core.id.RunKey;
import java.time.Duration;
import java.time.Instant;

/**
 * A hit that a peer told a rendezvous of.
 *
 * @param by the peer that told it, from its certificate
 * @param holder the peer that gave the result, as that one says
 * @param at when the rendezvous learned it
 * @param saved how much time it saved, as that one says
 */
public record ToldHit(RunKey key, PeerId by, PeerId holder, Instant at, Duration saved) {}
