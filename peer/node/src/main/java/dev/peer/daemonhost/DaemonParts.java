package dev.peer.daemonhost;

import dev.peer.client.announce.LeasedAnnouncer;
import dev.peer.core.store.Store;
import dev.peer.daemon.KeptResults;
import dev.peer.identity.Identities;
import dev.peer.vm.exec.ReadyMachine;
import java.util.Optional;

/**
 * What a daemon has open while it serves, and its runs use.
 *
 * @param announcer announces its runs and results; empty: they are not announced
 * @param kept serves its results
 * @param ready the machine that waits for its next run, if one is to
 * @param page shows people what it does
 */
record DaemonParts(
    Identities identities,
    Optional<LeasedAnnouncer> announcer,
    Store store,
    KeptResults kept,
    Optional<ReadyMachine> ready,
    DaemonPage page) {}
