package dev.peer.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.client.Timeouts;
import dev.peer.client.announce.LeasedAnnouncer;
import dev.peer.client.announce.ServeSettings;
import dev.peer.client.fetch.HolderFetch;
import dev.peer.client.rendezvous.RendezvousLookup;
import dev.peer.core.find.Holder;
import dev.peer.core.find.LookupResult;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.store.StoredRecord;
import dev.peer.core.store.StoredRecords;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.Credentials;
import dev.peer.http.Https;
import dev.peer.http.ServerLimits;
import dev.peer.identity.OwnFiles.Way;
import dev.peer.pki.issue.Validity;
import dev.peer.rendezvous.EmbeddedIndex;
import dev.peer.rendezvous.IndexSettings;
import dev.peer.rendezvous.RendezvousServer;
import dev.peer.server.HeldFiles;
import dev.peer.tls.TestAuthority;
import dev.peer.wire.LeaseTerms;
import dev.peer.wire.PeerAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that outlive their certificates: a rendezvous, a holder and one who fetches, whose
 * files are replaced again and again.
 */
@Timeout(300)
class RotationTest {

  private static final Duration LIFETIME = Duration.ofSeconds(20);
  private static final RepoId REPO = new RepoId("git.example.org/team/project");

  private final TestAuthority team = new TestAuthority("team");
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<Rotated> all = new ArrayList<>();
  @TempDir private Path directory;

  /** A peer, its files, and what it says. */
  private record Rotated(
      String name, OwnFiles files, Identities identities, BlockingQueue<String> said) {}

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @Test
  void certificatesOfAMomentServeForLong() throws Exception {
    Identities rendezvous = rotated("rendezvous");
    Identities holder = rotated("holder");
    Identities fetching = rotated("fetching");
    Instant firstEnd = holder.credentials().leaf().getNotAfter().toInstant();

    LeaseTerms terms = new LeaseTerms(Duration.ofSeconds(1), Duration.ofSeconds(30));
    RendezvousServer meeting =
        closing(
            RendezvousServer.start(
                rendezvous.tls(),
                rendezvous::rules,
                new EmbeddedIndex(new IndexSettings(terms, 9, 99), System::nanoTime),
                Https.LOOPBACK,
                ServerLimits.RENDEZVOUS));
    List<URI> address = List.of(PeerAddress.of(meeting.address()));
    BlockingQueue<String> troubles = new LinkedBlockingQueue<>();
    LeasedAnnouncer announcer =
        closing(
            new LeasedAnnouncer(
                holder.tls(),
                holder::rules,
                HeldFiles.NONE,
                new ServeSettings(address, Optional.empty(), List.of()),
                Timeouts.DEFAULT,
                troubles::add));
    RunKey key = new RunKey(Digest.of(new byte[] {1}));
    StoredRecord record = StoredRecords.of(directory, REPO, key, new byte[] {1}, new byte[] {1});
    announcer.announce(record);
    RendezvousLookup lookup =
        closing(new RendezvousLookup(fetching.tls(), address, Timeouts.DEFAULT));
    HolderFetch fetch = closing(new HolderFetch(fetching.tls(), Timeouts.DEFAULT));

    List<Way> ways = List.of(Way.values());
    int rotations = 0;
    while (!Instant.now().isAfter(firstEnd.plusSeconds(1)) || rotations < ways.size()) {
      for (Rotated each : all) {
        each.files().replace(issue(each.name()), ways.get(rotations % ways.size()));
      }
      rotations++;
      // Requests go on while it is noticed, and after.
      while (all.stream().anyMatch(each -> each.said().isEmpty())) {
        assertFetched(lookup, fetch, record);
      }
      for (Rotated each : all) {
        while (!each.said().isEmpty()) {
          assertThat(each.said().take()).doesNotContain("certificate ends", "certificate ended");
        }
      }
      assertFetched(lookup, fetch, record);
    }
    assertThat(troubles).isEmpty();
  }

  private static void assertFetched(RendezvousLookup lookup, HolderFetch fetch, StoredRecord record)
      throws Exception {
    LookupResult found = lookup.find(REPO, record.key());
    assertThat(found).isInstanceOf(LookupResult.Found.class);
    Holder holder = ((LookupResult.Found) found).holders().getFirst();
    assertThat(fetch.attestation(holder, record.key())).isEqualTo(record.attestation());
  }

  private Identities rotated(String name) throws Exception {
    OwnFiles files = OwnFiles.in(directory.resolve(name), team.root(), issue(name));
    BlockingQueue<String> said = new LinkedBlockingQueue<>();
    Identities identities =
        Identities.of(files.settings(), said::add, CertificateRole.SERVER, CertificateRole.CLIENT);
    Watch watch = closing(new Watch(identities::refresh, Duration.ofMillis(50)));
    watch.start();
    all.add(new Rotated(name, files, identities, said));
    return identities;
  }

  private Credentials issue(String name) {
    Instant now = Instant.now();
    return team.issue(
        TestAuthority.request("spiffe://team/" + name)
            .validity(new Validity(now.minusSeconds(5), now.plus(LIFETIME))));
  }

  private <T extends AutoCloseable> T closing(T closeable) {
    open.add(closeable);
    return closeable;
  }
}
