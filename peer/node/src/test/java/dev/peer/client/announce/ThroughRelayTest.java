package dev.peer.client.announce;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.peer.client.LyingRelay;
import dev.peer.client.Outage;
import dev.peer.client.Timeouts;
import dev.peer.client.fetch.HolderFetch;
import dev.peer.client.rendezvous.RendezvousLookup;
import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.find.Fetch;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.FetchException.Fault;
import dev.peer.core.find.Holder;
import dev.peer.core.find.LookupResult;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.sign.Attestation;
import dev.peer.core.store.StoredRecord;
import dev.peer.core.store.StoredRecords;
import dev.peer.core.trust.Credentials;
import dev.peer.http.Https;
import dev.peer.http.Operations;
import dev.peer.http.ServerLimits;
import dev.peer.relay.RelayLimits;
import dev.peer.relay.RelayServer;
import dev.peer.rendezvous.EmbeddedIndex;
import dev.peer.rendezvous.IndexSettings;
import dev.peer.rendezvous.RendezvousServer;
import dev.peer.server.HeldFiles;
import dev.peer.server.PeerServer;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.InstanceId;
import dev.peer.wire.LeaseTerms;
import dev.peer.wire.PeerAddress;
import dev.peer.wire.RelayAddress;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Results get from a peer to another through a relay, over real sockets. */
@Timeout(300)
class ThroughRelayTest {

  private static final RepoId REPO = new RepoId("git.example.org/team/project");
  private static final RunKey KEY = new RunKey(Digest.of(new byte[] {1}));
  private static final String KNOWN = "what only the two ends may read ";
  private static final byte[] BYTES = KNOWN.repeat(20_000).getBytes(ISO_8859_1);
  private static final Timeouts PATIENCE = AnnounceAndLookupTest.PATIENCE;
  private static final InstanceId INSTANCE = new InstanceId("one");
  private static final RelayPace HASTY =
      new RelayPace(Duration.ofMillis(300), Duration.ofMillis(50), Duration.ofMillis(200), 1);

  private static TestAuthority team;
  private static Credentials relaying;
  private static Credentials laptop;
  private static Credentials ci;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final BlockingQueue<String> notices = new LinkedBlockingQueue<>();
  private final AtomicReference<AccessRules> rules = new AtomicReference<>(AccessRules.open());
  @TempDir private Path directory;
  private StoredRecord record;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
    relaying = team.issue("spiffe://team/relay");
    laptop = team.issue("spiffe://team/laptop");
    ci = team.issue("spiffe://team/ci");
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @Test
  void fetchesFromAPeerThatNobodyCanConnectTo() throws Exception {
    RelayServer relay = relay(Https.LOOPBACK);
    LeasedAnnouncer announcer = announcer(List.of(closed()), PeerAddress.of(relay.address()));
    announcer.announce(record());

    Holder holder = holderWithRelays(1);
    assertFetches(holder);
    assertThat(relay.status().bytes()).isGreaterThan(BYTES.length);

    announcer.close();
    while (relay.status().registrations() > 0) {
      Thread.sleep(10);
    }
    FetchException e = refused(holder);
    assertThat(e.fault()).isEqualTo(Fault.UNREACHABLE);
    assertThat(e).hasMessageContaining("spiffe://team/laptop is not registered at this relay");
  }

  @Test
  void goesDirectlyWhereThatLeadsThere() throws Exception {
    RelayServer relay = relay(Https.LOOPBACK);
    announcer(List.of(), PeerAddress.of(relay.address())).announce(record());

    assertFetches(holderWithRelays(1));

    assertThat(relay.status().bytes()).isZero();
  }

  @Test
  void goesThroughTheNextRelayWhenOneIsAway() throws Exception {
    RelayServer relay = relay(Https.LOOPBACK);
    RelayServer other = relay(Https.LOOPBACK);
    announcer(List.of(closed()), PeerAddress.of(relay.address()), PeerAddress.of(other.address()))
        .announce(record());
    Holder holder = holderWithRelays(2);

    relay.close();

    assertFetches(holder);
    assertThat(other.status().bytes()).isGreaterThan(BYTES.length);
  }

  @Test
  void usesARelayAgainThatHasRestarted() throws Exception {
    RelayServer relay = relay(Https.LOOPBACK);
    URI address = PeerAddress.of(relay.address());
    announcer(List.of(closed()), address).announce(record());
    holderWithRelays(1);

    relay.close();
    assertThat(notices.take()).startsWith("others reach this peer through the relay ");
    assertThat(notices.take())
        .startsWith("not reachable through a relay, trying on: relay " + address.getAuthority());
    holderWithRelays(0);
    relay(relay.address());

    assertFetches(holderWithRelays(1));
    assertThat(notices.take())
        .isEqualTo("others reach this peer through the relay " + address.getAuthority() + " too");
  }

  @Test
  void aRelaySeesNothingOfWhatPasses() throws Exception {
    LyingRelay relay = closing(new LyingRelay(team.peer(relaying), asked -> asked));
    keep(team.peer(laptop), server(laptop), relay.address(), RelayPace.DEFAULT);

    assertFetches(at(relay.address()));

    String passed = new String(relay.passed(), ISO_8859_1);
    assertThat(passed).hasSizeGreaterThan(BYTES.length);
    assertThat(passed)
        .doesNotContain(KNOWN)
        .doesNotContain("/v1/blobs")
        .doesNotContain("HTTP/1.1")
        .doesNotContain(KEY.hex())
        .doesNotContain("spiffe://team/laptop");
  }

  @Test
  void aRelayIsKnownToHaveLedToWhatPassedThroughIt() throws Exception {
    RelayServer relay = relay(Https.LOOPBACK);
    announcer(List.of(closed()), PeerAddress.of(relay.address())).announce(record());
    Holder holder = holderWithRelays(1);

    try (HolderFetch fetch = new HolderFetch(team.peer(ci), PATIENCE)) {
      assertThat(fetch.servers(holder)).containsExactly(new PeerId("spiffe://team/rendezvous"));
      fetch.attestation(holder, KEY);
      assertThat(fetch.servers(holder))
          .containsExactlyInAnyOrder(
              new PeerId("spiffe://team/rendezvous"), new PeerId("spiffe://team/relay"));
    }
  }

  @Test
  void aRelayThatJoinsToAnotherPeerIsNoticed() throws Exception {
    Credentials mallory = team.issue("spiffe://team/mallory");
    LyingRelay relay =
        closing(new LyingRelay(team.peer(relaying), _ -> new PeerId("spiffe://team/mallory")));
    keep(team.peer(laptop), server(laptop), relay.address(), RelayPace.DEFAULT);
    keep(team.peer(mallory), server(mallory), relay.address(), RelayPace.DEFAULT);

    FetchException e = refused(at(relay.address()));

    assertThat(e.fault()).isEqualTo(Fault.WRONG);
    assertThat(e).hasMessageContaining("it is spiffe://team/mallory, not spiffe://team/laptop");
  }

  @Test
  void whoComesThroughARelayIsAStrangerLikeAllOthers() throws Exception {
    RelayServer relay = relay(Https.LOOPBACK);
    URI address = PeerAddress.of(relay.address());
    keep(team.peer(laptop), server(laptop), address, RelayPace.DEFAULT);
    rules.set(
        new AccessRules(
            AccessRule.parse("uri:spiffe://team/other"), AccessRule.anyone(), AccessRule.anyone()));

    FetchException e = refused(at(address));

    assertThat(e.fault()).isEqualTo(Fault.REFUSED);
    assertThat(e).hasMessage("spiffe://team/laptop: spiffe://team/ci may not fetch here");
  }

  @Test
  void aPeerThatIsRevokedGetsNothingThroughARelay() throws Exception {
    RelayServer relay = relay(Https.LOOPBACK);
    URI address = PeerAddress.of(relay.address());
    TlsIdentity identity = team.peer(laptop);
    keep(identity, server(identity), address, RelayPace.DEFAULT);
    assertFetches(at(address));

    identity.renew(laptop, team.validator(ci));

    assertThat(refused(at(address)).fault()).isNotEqualTo(Fault.WRONG);
  }

  @Test
  void turnsAwayFromARelayThatIsRevoked() throws Exception {
    RelayServer relay = relay(Https.LOOPBACK);
    TlsIdentity identity = team.peer(laptop);
    RelayKeeper keeper = keep(identity, server(identity), PeerAddress.of(relay.address()), HASTY);

    identity.renew(laptop, team.validator(relaying));

    while (keeper.address().isPresent() || relay.status().registrations() > 0) {
      Thread.sleep(10);
    }
    assertThat(notices.take()).startsWith("others reach this peer");
    assertThat(notices.take()).startsWith("not reachable through a relay, trying on");
  }

  @Test
  void saysWhatTheRelaySays() throws Exception {
    RelayServer relay = relay(Https.LOOPBACK);
    URI address = PeerAddress.of(relay.address());

    FetchException e = refused(at(address));

    assertThat(e.fault()).isEqualTo(Fault.UNREACHABLE);
    assertThat(e)
        .hasMessage(
            "spiffe://team/laptop: relay "
                + address.getAuthority()
                + ": spiffe://team/laptop is not registered at this relay, or not now");
  }

  @Test
  void saysThatItMayNotRegister() throws Exception {
    AccessRules strict =
        new AccessRules(AccessRule.anyone(), AccessRule.parse(""), AccessRule.anyone());
    RelayServer relay =
        closing(
            RelayServer.start(
                team.peer(relaying),
                () -> strict,
                RelayLimits.DEFAULT,
                Https.LOOPBACK,
                Operations.quiet()));
    URI address = PeerAddress.of(relay.address());
    RelayKeeper keeper = keeper(team.peer(laptop), server(laptop), address, HASTY);
    keeper.start();

    assertThat(notices.take())
        .isEqualTo(
            "not reachable through a relay, trying on: relay "
                + address.getAuthority()
                + ": spiffe://team/laptop may not announce at spiffe://team/relay");
    assertThat(keeper.address()).isEmpty();
  }

  @Test
  void takesSoManyConnectionsAtOnce() throws Exception {
    RelayServer relay = relay(Https.LOOPBACK);
    URI address = PeerAddress.of(relay.address());
    keep(team.peer(laptop), server(laptop), address, HASTY);
    // It keeps its connection for what it asks for next.
    try (HolderFetch first = new HolderFetch(team.peer(ci), PATIENCE)) {
      first.attestation(at(address), KEY);

      assertThat(refused(at(address)))
          .hasMessageContaining("has as many connections as it takes from a relay");
    }
    while (relay.status().tunnels() > 0) {
      Thread.sleep(10);
    }
    assertFetches(at(address));
  }

  @Test
  void connectsAgainWhenANatHasForgottenIt() throws Exception {
    RelayServer relay = relay(Https.LOOPBACK);
    Outage nat = closing(new Outage(relay.address()));
    keep(team.peer(laptop), server(laptop), nat.address(), HASTY);
    notices.take();

    nat.forget();

    assertThat(notices.take())
        .startsWith("not reachable through a relay, trying on: relay ")
        .contains("timed out");
    assertThat(notices.take()).startsWith("others reach this peer");
    assertFetches(at(PeerAddress.of(relay.address())));
  }

  private void assertFetches(Holder holder) throws Exception {
    try (HolderFetch fetch = new HolderFetch(team.peer(ci), PATIENCE)) {
      assertThat(fetch.attestation(holder, KEY)).isEqualTo(Attestation.of(new byte[] {1}));
      Path target = directory.resolve("target" + System.nanoTime());
      try (Fetch.Download bundle = fetch.bundle(holder, record().bundle(), 0);
          OutputStream out = Files.newOutputStream(target)) {
        bundle.into(out, PATIENCE.stall());
      }
      assertThat(target).hasBinaryContent(BYTES);
    }
  }

  private FetchException refused(Holder holder) {
    try (HolderFetch fetch = new HolderFetch(team.peer(ci), PATIENCE)) {
      return catchThrowableOfType(FetchException.class, () -> fetch.attestation(holder, KEY));
    }
  }

  /** The laptop, at a relay alone. */
  private static Holder at(URI relay) {
    return new Holder(
        new PeerId("spiffe://team/laptop"),
        List.of(),
        List.of(new RelayAddress(relay, INSTANCE).uri()));
  }

  private StoredRecord record() throws IOException {
    if (record == null) {
      record = StoredRecords.of(directory, REPO, KEY, new byte[] {1}, BYTES);
    }
    return record;
  }

  private RelayServer relay(InetSocketAddress address) throws IOException {
    return closing(
        RelayServer.start(
            team.peer(relaying),
            AccessRules::open,
            RelayLimits.DEFAULT,
            address,
            Operations.quiet()));
  }

  private PeerServer server(Credentials credentials) throws IOException {
    return server(team.peer(credentials));
  }

  private PeerServer server(TlsIdentity identity) throws IOException {
    PeerServer server =
        closing(
            PeerServer.start(
                identity, rules::get, HeldFiles.NONE, Https.LOOPBACK, ServerLimits.PEER));
    server.add(record());
    return server;
  }

  private RelayKeeper keeper(TlsIdentity identity, PeerServer server, URI relay, RelayPace pace) {
    return closing(
        new RelayKeeper(
            identity,
            new RelayKeeper.Registration(relay, INSTANCE, server.address()),
            PATIENCE,
            pace,
            notices::add,
            () -> {}));
  }

  private RelayKeeper keep(TlsIdentity identity, PeerServer server, URI relay, RelayPace pace)
      throws InterruptedException {
    RelayKeeper keeper = keeper(identity, server, relay, pace);
    keeper.start();
    while (keeper.address().isEmpty()) {
      Thread.sleep(10);
    }
    return keeper;
  }

  private RendezvousServer rendezvous;

  private LeasedAnnouncer announcer(List<URI> advertise, URI... relays) throws IOException {
    LeaseTerms terms = new LeaseTerms(Duration.ofSeconds(1), Duration.ofSeconds(20));
    rendezvous =
        closing(
            RendezvousServer.start(
                team.peer("spiffe://team/rendezvous"),
                AccessRules::open,
                new EmbeddedIndex(new IndexSettings(terms, 9, 99), System::nanoTime),
                Https.LOOPBACK,
                ServerLimits.RENDEZVOUS));
    return closing(
        new LeasedAnnouncer(
            team.peer(laptop),
            AccessRules::open,
            HeldFiles.NONE,
            new ServeSettings(
                List.of(PeerAddress.of(rendezvous.address())),
                Optional.empty(),
                advertise,
                List.of(relays)),
            PATIENCE,
            notices::add));
  }

  /** Waits until the rendezvous tells of so many relays. */
  private Holder holderWithRelays(int number) throws Exception {
    List<URI> at = List.of(PeerAddress.of(rendezvous.address()));
    try (RendezvousLookup lookup = new RendezvousLookup(team.peer(ci), at, PATIENCE)) {
      while (true) {
        Holder holder = ((LookupResult.Found) lookup.find(REPO, KEY)).holders().getFirst();
        if (holder.relays().size() == number) {
          return holder;
        }
        Thread.sleep(20);
      }
    }
  }

  private static URI closed() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return PeerAddress.parse("https://127.0.0.1:" + socket.getLocalPort());
    }
  }

  private <T extends AutoCloseable> T closing(T closeable) {
    open.add(closeable);
    return closeable;
  }
}
