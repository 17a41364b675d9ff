package dev.peer.client.announce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.client.FaultyHolder;
import dev.peer.client.Timeouts;
import dev.peer.client.fetch.HolderFetch;
import dev.peer.client.fetch.ImageFetch;
import dev.peer.client.rendezvous.RendezvousLookup;
import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.access.NamespaceRules;
import dev.peer.core.find.Fetch;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.Holder;
import dev.peer.core.find.LookupResult;
import dev.peer.core.flow.AnnounceException;
import dev.peer.core.flow.Announcer;
import dev.peer.core.flow.Announcer.Announcement;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.sign.Attestation;
import dev.peer.core.store.StoredRecord;
import dev.peer.core.store.StoredRecords;
import dev.peer.core.trust.Credentials;
import dev.peer.http.Https;
import dev.peer.http.ServerLimits;
import dev.peer.pki.issue.Validity;
import dev.peer.rendezvous.EmbeddedIndex;
import dev.peer.rendezvous.IndexSettings;
import dev.peer.rendezvous.RendezvousServer;
import dev.peer.server.HeldFiles;
import dev.peer.server.HeldImages;
import dev.peer.server.HeldLargeFiles;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.LeaseTerms;
import dev.peer.wire.PeerAddress;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers and rendezvous together, over real sockets. */
@Timeout(300)
public class AnnounceAndLookupTest {

  private static final RepoId REPO = new RepoId("git.example.org/team/project");
  public static final Timeouts PATIENCE =
      new Timeouts(
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          1 << 10,
          Duration.ofSeconds(5));

  private static final Digest IMAGE = Digest.of(new byte[] {'i'});

  /** Images whose files are gone. */
  private static final HeldImages IMAGES =
      new HeldImages() {
        @Override
        public List<Digest> digests() {
          return List.of(IMAGE);
        }

        @Override
        public Optional<Path> file(Digest image, String name) {
          return Optional.empty();
        }
      };

  /** Names of files of Git LFS of one repository. */
  private static final HeldFiles FILES =
      new HeldFiles(
          IMAGES,
          new HeldLargeFiles() {
            @Override
            public boolean holdsAny(RepoId repo) {
              return repo.equals(REPO);
            }

            @Override
            public Optional<Path> file(RepoId repo, Digest content) {
              return Optional.empty();
            }
          });

  private static TestAuthority team;
  private static TlsIdentity laptop;
  private static TlsIdentity ci;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final BlockingQueue<String> notices = new LinkedBlockingQueue<>();
  @TempDir private Path directory;
  private RendezvousServer rendezvous;
  private RendezvousLookup lookup;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
    laptop = team.peer("spiffe://team/laptop");
    ci = team.peer("spiffe://team/ci");
  }

  @BeforeEach
  void start() throws Exception {
    rendezvous = rendezvous(Https.LOOPBACK, AccessRules::open);
    lookup = closing(new RendezvousLookup(ci, List.of(address()), PATIENCE));
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @Test
  void announcedByOneFoundAndFetchedByAnother() throws Exception {
    announcer(laptop).announce(record(1));

    List<Holder> holders = found(1);
    assertThat(holders).extracting(Holder::id).containsExactly(laptop.id());
    try (HolderFetch fetch = new HolderFetch(ci, PATIENCE)) {
      StoredRecord record = record(1);
      assertThat(fetch.attestation(holders.getFirst(), key(1)))
          .isEqualTo(Attestation.of(new byte[] {1}));
      Path target = directory.resolve("target");
      try (Fetch.Download bundle = fetch.bundle(holders.getFirst(), record.bundle(), 0);
          OutputStream out = Files.newOutputStream(target)) {
        bundle.into(out, PATIENCE.stall());
      }
      assertThat(target).hasSameBinaryContentAs(record.bundleFile());
    }
    assertThat(notices).isEmpty();
  }

  @Test
  void namesTheImagesItHolds() throws Exception {
    assertThat(lookup.find(IMAGE)).isEqualTo(new LookupResult.Absent());
    LeasedAnnouncer announcer = announcer(laptop);
    announcer.announce(record(1));

    assertThat(((LookupResult.Found) lookup.find(IMAGE)).holders()).isEqualTo(found(1));
    try (ImageFetch fetch = new ImageFetch(ci, PATIENCE)) {
      assertThatThrownBy(() -> fetch.small(found(1).getFirst(), IMAGE, "manifest.json", 10))
          .isInstanceOf(FetchException.class)
          .hasMessageContaining("does not hold manifest.json of the guest image");
    }

    announcer.close();
    assertThat(lookup.find(IMAGE)).isEqualTo(new LookupResult.Absent());
  }

  @Test
  void namesAsManyImagesAsALeaseMayName() throws Exception {
    ServeSettings settings = new ServeSettings(List.of(address()), Optional.empty(), List.of());
    List<Digest> many =
        IntStream.range(0, 40).mapToObj(i -> Digest.of(new byte[] {(byte) i})).toList();

    assertThat(settings.request(address(), rendezvous.address(), many, List.of()).images())
        .isEqualTo(many.subList(0, 32));
  }

  @Test
  void listensWhereItCanBeReachedFromTheRendezvousAlone() throws Exception {
    LeasedAnnouncer announcer = announcer(laptop);
    announcer.announce(record(1));

    InetSocketAddress listening = announcer.address().orElseThrow();
    assertThat(listening.getAddress().isLoopbackAddress()).isTrue();
    assertThat(found(1).getFirst().addresses()).containsExactly(PeerAddress.of(listening));
  }

  @Test
  void advertisesWhatItIsToldTo() throws Exception {
    URI advertised = PeerAddress.parse("https://laptop.example.org:7443");
    closing(announcer(laptop, Optional.of(new InetSocketAddress(0)), List.of(advertised)))
        .announce(record(1));

    assertThat(found(1).getFirst().addresses()).containsExactly(advertised);
  }

  @Test
  void advertisesTheWayToTheRendezvousWhenItListensEverywhere() throws Exception {
    LeasedAnnouncer announcer =
        closing(announcer(laptop, Optional.of(new InetSocketAddress(0)), List.of()));
    announcer.announce(record(1));

    assertThat(found(1).getFirst().addresses())
        .containsExactly(
            PeerAddress.parse("https://127.0.0.1:" + announcer.address().orElseThrow().getPort()));
  }

  @Test
  void isAbsentWhenNobodyHoldsIt() throws Exception {
    assertThat(lookup.find(REPO, key(1))).isEqualTo(new LookupResult.Absent());
  }

  @Test
  void announcesARunAgainAfterItsResultIsWithdrawn() throws Exception {
    LeasedAnnouncer announcer = closing(announcer(laptop));
    LeasedAnnouncer.ResultAnnouncement serving = announcer.add(record(1));
    serving.awaitTold();
    assertThat(found(1)).hasSize(1);

    serving.withdraw();
    Announcer.RunAnnouncement run = announcer.announceRun(REPO, key(1), "test");
    assertThat(run.earlier()).isEmpty();

    assertThat(((LookupResult.Found) lookup.find(REPO, key(1))).running()).hasSize(1);
    assertThat(found(1)).isEmpty();
    run.close();
    assertThat(notices).isEmpty();
  }

  @Test
  void withdrawsWithTheLastAnnouncement() throws Exception {
    LeasedAnnouncer announcer = announcer(laptop);
    Announcement one = announcer.announce(record(1));
    Announcement two = announcer.announce(record(2));
    assertThat(found(1)).isEqualTo(found(2));

    two.close();
    two.close();
    assertThat(found(1)).hasSize(1);
    one.close();
    assertThat(lookup.find(REPO, key(1))).isEqualTo(new LookupResult.Absent());
    assertThat(announcer.address()).isEmpty();

    announcer.announce(record(1));
    assertThat(found(1)).hasSize(1);
  }

  @Test
  void announcesFilesOfGitLfsWhileItHasAResultOfTheirRepository() throws Exception {
    LeasedAnnouncer announcer = announcer(laptop);
    RepoId other = new RepoId("other");
    Announcement one = announcer.announce(record(1));
    Announcement two =
        announcer.announce(
            StoredRecords.of(directory, other, key(2), new byte[] {2}, new byte[] {2}));
    assertThat(((LookupResult.Found) lookup.findLargeFiles(REPO)).holders())
        .extracting(Holder::id)
        .containsExactly(laptop.id());
    assertThat(lookup.findLargeFiles(other)).isEqualTo(new LookupResult.Absent());

    one.close();
    two.awaitTold();
    assertThat(lookup.findLargeFiles(REPO)).isEqualTo(new LookupResult.Absent());
  }

  @Test
  void withdrawsEverythingWhenItIsClosed() throws Exception {
    LeasedAnnouncer announcer = announcer(laptop);
    announcer.announce(record(1));
    announcer.announce(record(2));
    announcer.close();

    assertThat(lookup.find(REPO, key(1))).isEqualTo(new LookupResult.Absent());
    assertThat(lookup.find(REPO, key(2))).isEqualTo(new LookupResult.Absent());
  }

  @Test
  void keepsTwoProcessesOfOnePeerApart() throws Exception {
    LeasedAnnouncer first = announcer(laptop);
    LeasedAnnouncer second = announcer(laptop);
    first.announce(record(1));
    second.announce(record(1));
    assertThat(found(1))
        .extracting(Holder::addresses)
        .containsExactly(
            List.of(PeerAddress.of(second.address().orElseThrow())),
            List.of(PeerAddress.of(first.address().orElseThrow())));

    second.close();
    assertThat(found(1))
        .extracting(Holder::addresses)
        .containsExactly(List.of(PeerAddress.of(first.address().orElseThrow())));
  }

  @Test
  void announcesAgainToARendezvousThatHasRestarted() throws Exception {
    announcer(laptop).announce(record(1));
    InetSocketAddress where = rendezvous.address();
    rendezvous.close();
    assertThat(notices.take()).startsWith("not announced; retrying: rendezvous 127.0.0.1:");

    rendezvous = rendezvous(where, AccessRules::open);
    assertThat(notices.take()).isEqualTo("rendezvous " + address().getAuthority() + " is back");
    assertThat(found(1)).hasSize(1);
    assertThat(notices).isEmpty();
  }

  @Test
  void announcesAgainWhenTheRendezvousHasForgottenItsLease() throws Exception {
    announcer(laptop).announce(record(1));
    InetSocketAddress where = rendezvous.address();
    rendezvous.close();
    rendezvous = rendezvous(where, AccessRules::open);

    while (lookup.find(REPO, key(1)) instanceof LookupResult.Absent) {
      Thread.sleep(20);
    }
    assertThat(found(1)).hasSize(1);
  }

  @Test
  void servesAlthoughNoRendezvousAnswers() throws Exception {
    rendezvous.close();
    LeasedAnnouncer announcer = announcer(laptop);
    announcer.announce(record(1));

    assertThat(notices.take()).contains("connection refused");
    Holder holder =
        new Holder(laptop.id(), List.of(PeerAddress.of(announcer.address().orElseThrow())));
    try (HolderFetch fetch = new HolderFetch(ci, PATIENCE)) {
      assertThat(fetch.attestation(holder, key(1))).isEqualTo(Attestation.of(new byte[] {1}));
    }
  }

  @Test
  void saysThatItMayNotAnnounce() throws Exception {
    rendezvous.close();
    rendezvous = rendezvous(Https.LOOPBACK, rules("uri:*", "uri:spiffe://team/ci"));
    announcer(laptop).announce(record(1));

    assertThat(notices.take()).endsWith("spiffe://team/laptop may not announce here");
  }

  @Test
  void canNotServeWhereSomethingElseListens() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      InetSocketAddress listen =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort());
      LeasedAnnouncer announcer = closing(announcer(laptop, Optional.of(listen), List.of()));

      assertThatThrownBy(() -> announcer.announce(record(1)))
          .isInstanceOf(AnnounceException.class)
          .hasMessageContaining("cannot listen on ");
    }
  }

  @Test
  void asksTheNextRendezvousWhenOneIsAway() throws Exception {
    announcer(laptop).announce(record(1));
    List<URI> two = List.of(nobody(), address());

    assertThat(closing(new RendezvousLookup(ci, two, PATIENCE)).find(REPO, key(1)))
        .isInstanceOf(LookupResult.Found.class);
  }

  @Test
  void isUnavailableWhenNoRendezvousAnswers() throws Exception {
    URI nobody = nobody();

    assertThat(closing(new RendezvousLookup(ci, List.of(nobody), PATIENCE)).find(REPO, key(1)))
        .isEqualTo(new LookupResult.Unavailable(nobody.getAuthority() + ": connection refused"));
  }

  /** Leases go by the rendezvous' clock, and certificates by everybody's own. */
  @ParameterizedTest
  @ValueSource(ints = {1, 25})
  void isFoundAlthoughItsClockIsADayFromTheOthers(int hours) throws Exception {
    rendezvous.close();
    rendezvous =
        rendezvous(at("spiffe://team/rendezvous", 26 - hours), Https.LOOPBACK, AccessRules::open);
    announcer(at("spiffe://team/laptop", hours)).announce(record(1));

    RendezvousLookup right =
        new RendezvousLookup(at("spiffe://team/ci", 26 - hours), List.of(address()), PATIENCE);
    assertThat(closing(right).find(REPO, key(1))).isInstanceOf(LookupResult.Found.class);
    assertThat(notices).isEmpty();
  }

  @Test
  void isUnavailableWhereByItsClockTheCertificatesHaveExpired() throws Exception {
    RendezvousLookup wrong =
        new RendezvousLookup(at("spiffe://team/ci", 49), List.of(address()), PATIENCE);

    assertThat(closing(wrong).find(REPO, key(1)))
        .isInstanceOfSatisfying(
            LookupResult.Unavailable.class, result -> assertThat(result.why()).contains("expired"));
  }

  /** A peer whose clock is so many hours ahead, with a certificate for two days. */
  private static TlsIdentity at(String uri, int hours) {
    Credentials credentials =
        team.issue(TestAuthority.request(uri).validity(Validity.lasting(Duration.ofDays(2))));
    return team.peer(
        credentials, InstantSource.offset(InstantSource.system(), Duration.ofHours(hours)));
  }

  @Test
  void aRepositoryThatIsNotAdmittedHoldsNoOtherUp() throws Exception {
    rendezvous.close();
    AccessRules rules =
        new AccessRules(
            NamespaceRules.everywhere(AccessRule.anyone()),
            NamespaceRules.parse("git.example.org/team/* => anyone"),
            AccessRule.anyone());
    rendezvous = rendezvous(Https.LOOPBACK, () -> rules);
    lookup = closing(new RendezvousLookup(ci, List.of(address()), PATIENCE));
    LeasedAnnouncer announcer = announcer(laptop);
    RepoId other = new RepoId("git.example.org/others/project");
    byte[] bytes = {2};
    announcer.announce(StoredRecords.of(directory, other, key(2), bytes, bytes));

    announcer.announce(record(1));

    assertThat(found(1)).extracting(Holder::id).containsExactly(laptop.id());
    assertThat(notices)
        .singleElement()
        .asString()
        .contains("not announced; retrying", "may not announce results of " + other);
  }

  @Test
  void isUnavailableWhenItMayNotAsk() throws Exception {
    rendezvous.close();
    rendezvous = rendezvous(Https.LOOPBACK, rules("uri:spiffe://team/laptop", "uri:*"));

    assertThat(closing(new RendezvousLookup(ci, List.of(address()), PATIENCE)).find(REPO, key(1)))
        .isEqualTo(
            new LookupResult.Unavailable(
                address().getAuthority() + ": spiffe://team/ci may not fetch here"));
  }

  @Test
  void isUnavailableWhenTheRendezvousIsOfOthers() throws Exception {
    TestAuthority strangers = new TestAuthority("strangers");
    RendezvousLookup outsider =
        closing(
            new RendezvousLookup(
                strangers.peer(strangers.issue("spiffe://team/ci")), List.of(address()), PATIENCE));

    assertThat(outsider.find(REPO, key(1)))
        .isInstanceOfSatisfying(
            LookupResult.Unavailable.class,
            result -> assertThat(result.why()).contains("its certificate is not trusted"));
  }

  @Test
  void isUnavailableWhenTheRendezvousAnswersNonsense() throws Exception {
    for (String head :
        List.of(
            "HTTP/1.1 200 OK\r\nContent-Length: 2",
            "HTTP/1.1 404 Not Found\r\nContent-Length: 2",
            "HTTP/1.1 500 Oops\r\nContent-Length: 2")) {
      try (FaultyHolder nonsense =
          new FaultyHolder(team.issue("spiffe://team/x"), head, new byte[] {'{', '}'}, false)) {
        List<URI> one = List.of(nonsense.address());
        assertThat(closing(new RendezvousLookup(ci, one, PATIENCE)).find(REPO, key(1)))
            .isInstanceOf(LookupResult.Unavailable.class);
      }
    }
  }

  private List<Holder> found(int number) throws InterruptedException {
    return ((LookupResult.Found) lookup.find(REPO, key(number))).holders();
  }

  private LeasedAnnouncer announcer(TlsIdentity identity) {
    return closing(announcer(identity, Optional.empty(), List.of()));
  }

  private LeasedAnnouncer announcer(
      TlsIdentity identity, Optional<InetSocketAddress> listen, List<URI> advertise) {
    return new LeasedAnnouncer(
        identity,
        AccessRules::open,
        FILES,
        new ServeSettings(List.of(address()), listen, advertise),
        PATIENCE,
        notices::add);
  }

  private RendezvousServer rendezvous(InetSocketAddress where, Supplier<AccessRules> rules)
      throws IOException {
    return rendezvous(team.peer("spiffe://team/rendezvous"), where, rules);
  }

  private RendezvousServer rendezvous(
      TlsIdentity identity, InetSocketAddress where, Supplier<AccessRules> rules)
      throws IOException {
    LeaseTerms terms = new LeaseTerms(Duration.ofSeconds(1), Duration.ofSeconds(20));
    return closing(
        RendezvousServer.start(
            identity,
            rules,
            new EmbeddedIndex(new IndexSettings(terms, 9, 99), System::nanoTime),
            where,
            ServerLimits.RENDEZVOUS));
  }

  private static Supplier<AccessRules> rules(String fetch, String announce) {
    AccessRules rules =
        new AccessRules(AccessRule.parse(fetch), AccessRule.parse(announce), AccessRule.anyone());
    return () -> rules;
  }

  private URI address() {
    return PeerAddress.of(rendezvous.address());
  }

  private StoredRecord record(int number) throws IOException {
    byte[] bytes = {(byte) number};
    return StoredRecords.of(directory, REPO, key(number), bytes, bytes);
  }

  private <T extends AutoCloseable> T closing(T closeable) {
    open.add(closeable);
    return closeable;
  }

  private static RunKey key(int number) {
    return new RunKey(Digest.of(new byte[] {(byte) number}));
  }

  private static URI nobody() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return PeerAddress.parse("https://127.0.0.1:" + socket.getLocalPort());
    }
  }
}
