package dev.peer.rendezvous.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.client.Timeouts;
import dev.peer.client.announce.LeasedAnnouncer;
import dev.peer.client.announce.ServeSettings;
import dev.peer.client.rendezvous.RendezvousLookup;
import dev.peer.core.access.AccessRules;
import dev.peer.core.find.LookupResult;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.store.StoredRecord;
import dev.peer.core.store.StoredRecords;
import dev.peer.http.Https;
import dev.peer.rendezvous.IndexSettings;
import dev.peer.server.HeldFiles;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.Problem;
import dev.peer.wire.RendezvousPath;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two rendezvous over one etcd of three members, each a process of its own, and peers that know
 * both.
 */
@Tag("long")
@Timeout(900)
class EtcdServiceIT {

  private static final Duration LEASE = IndexSettings.DEFAULT.terms().expiresAfter();

  private static final RepoId REPO = new RepoId("git.example.org/team/project");

  private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();
  private final BlockingQueue<String> notices = new LinkedBlockingQueue<>();
  @TempDir private Path directory;
  private TestAuthority team;
  private TlsIdentity laptop;
  private TlsIdentity ci;
  private EtcdCluster etcd;
  private RendezvousProcess one;
  private RendezvousProcess other;

  @BeforeEach
  void start() throws Exception {
    team = new TestAuthority("team");
    laptop = team.peer("spiffe://team/laptop");
    ci = team.peer("spiffe://team/ci");
    etcd = closing(EtcdCluster.start(team, directory, 3));
    one = closing(rendezvous("one"));
    other = closing(rendezvous("other"));
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @Test
  void findsAtOneNodeWhatWasAnnouncedAtAnother() throws Exception {
    LeasedAnnouncer announcer = announcer(one);
    announcer.announce(record(1));

    RendezvousLookup lookup = lookup(other);
    await(lookup, 1, LookupResult.Found.class);
    announcer.close();
    await(lookup, 1, LookupResult.Absent.class);
  }

  /** A peer has one lease, whichever nodes it renews it at. */
  @Test
  void keepsALeaseThatAnotherNodeRenews() throws Exception {
    announcer(one, other).announce(record(1));
    RendezvousLookup lookup = lookup(one, other);
    await(lookup, 1, LookupResult.Found.class);
    one.kill();
    long end = System.nanoTime() + LEASE.multipliedBy(3).dividedBy(2).toNanos();
    while (System.nanoTime() - end < 0) {
      assertThat(lookup.find(REPO, key(1)))
          .isInstanceOfSatisfying(
              LookupResult.Found.class, found -> assertThat(found.holders()).hasSize(1));
      Thread.sleep(1_000);
    }
  }

  @Test
  void losesNothingWhileEachNodeIsKilledInTurn() throws Exception {
    Load load = closing(new Load(this));
    load.awaitAnnounced(5);
    for (int member = 0; member < 3; member++) {
      etcd.kill(member);
      load.awaitMore();
      etcd.restart(member);
      load.awaitMore();
    }
    for (RendezvousProcess node : List.of(one, other)) {
      node.kill();
      load.awaitMore();
      node.restart();
      load.awaitMore();
    }

    load.end();
    System.out.println("each node killed in turn: " + load);
    assertThat(load.failed()).isZero();
    assertThat(load.lost()).isEmpty();
  }

  @Test
  void saysThatThereIsNoQuorumAndIsWholeAgainWithOne() throws Exception {
    LeasedAnnouncer announcer = announcer(one, other);
    announcer.announce(record(1));
    RendezvousLookup lookup = lookup(one, other);
    await(lookup, 1, LookupResult.Found.class);
    etcd.kill(0);
    etcd.kill(1);

    assertThat(lookup.find(REPO, key(1)))
        .isInstanceOfSatisfying(
            LookupResult.Unavailable.class,
            result -> assertThat(result.why()).contains("index of this rendezvous cannot be"));
    assertThat(ask(one, key(1)).status()).isEqualTo(503);
    announcer.announce(record(2));
    assertThat(notices).anyMatch(line -> line.startsWith("not announced; retrying: "));

    etcd.restart(0);
    await(lookup, 2, LookupResult.Found.class);
    assertThat(lookup.find(REPO, key(1))).isInstanceOf(LookupResult.Found.class);
  }

  @Test
  void tellsWhyInAProblemDocument() throws Exception {
    for (int member = 0; member < 3; member++) {
      etcd.kill(member);
    }

    Https.Answer answer = ask(other, key(1));
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.header("Retry-After")).contains("1");
    assertThat(Problem.parse(answer.body()).orElseThrow().kind())
        .isEqualTo(Problem.Kind.UNAVAILABLE);
  }

  @Test
  void startsBeforeItsEtcdDoesAndSaysSo() throws Exception {
    for (int member = 0; member < 3; member++) {
      etcd.kill(member);
    }
    one.kill();
    one.restart();

    assertThat(one.said()).contains("warning: nothing is found or announced until this is fixed");
  }

  @Test
  void asksNoEtcdWhoseCertificateIsForAnotherHost() throws Exception {
    Path directory = Files.createDirectory(this.directory.resolve("third"));
    RendezvousProcess third =
        closing(
            RendezvousProcess.start(
                team.issue("spiffe://team/third"),
                directory,
                List.of("--store", store(etcd.addressesByNumber()))));

    assertThat(third.said()).contains("its certificate is not for the host 127.0.0.1");
    assertThat(ask(third, key(1)).status()).isEqualTo(503);
  }

  @Test
  void asksNoEtcdThatAnotherAuthorityVouchesFor() throws Exception {
    Path directory = Files.createDirectory(this.directory.resolve("third"));
    Path strangers = Files.writeString(directory.resolve("ca.pem"), pem("strangers"));
    RendezvousProcess third =
        closing(
            RendezvousProcess.start(
                team.issue("spiffe://team/third"),
                directory,
                List.of("--store", store(etcd.addresses()), "--store-ca", strangers.toString())));

    assertThat(third.said()).contains("warning: nothing is found or announced until this is fixed");
    assertThat(ask(third, key(1)).status()).isEqualTo(503);
  }

  private static void await(RendezvousLookup lookup, int number, Class<?> expected)
      throws InterruptedException {
    while (!expected.isInstance(lookup.find(REPO, key(number)))) {
      Thread.sleep(100);
    }
  }

  LeasedAnnouncer announcer(RendezvousProcess... nodes) {
    return closing(
        new LeasedAnnouncer(
            laptop,
            AccessRules::open,
            HeldFiles.NONE,
            new ServeSettings(addresses(nodes), Optional.empty(), List.of()),
            Timeouts.DEFAULT,
            notices::add));
  }

  LeasedAnnouncer announcer() {
    return announcer(one, other);
  }

  RendezvousLookup lookup() {
    return lookup(one, other);
  }

  private RendezvousLookup lookup(RendezvousProcess... nodes) {
    return closing(new RendezvousLookup(ci, addresses(nodes), Timeouts.DEFAULT));
  }

  StoredRecord record(int number) throws IOException {
    byte[] bytes = ByteBuffer.allocate(4).putInt(number).array();
    return StoredRecords.of(directory, REPO, key(number), bytes, bytes);
  }

  LookupResult find(RendezvousLookup lookup, int number) throws InterruptedException {
    return lookup.find(REPO, key(number));
  }

  private Https.Answer ask(RendezvousProcess node, RunKey key) throws Exception {
    URI address = node.address();
    InetSocketAddress where = new InetSocketAddress(address.getHost(), address.getPort());
    try (Https https = new Https(ci, where)) {
      return https.send("GET", new RendezvousPath.Result(REPO, key).text());
    }
  }

  private RendezvousProcess rendezvous(String name) throws Exception {
    return RendezvousProcess.start(
        team.issue("spiffe://team/" + name),
        Files.createDirectory(directory.resolve(name)),
        List.of("--store", store(etcd.addresses())));
  }

  private static String store(List<URI> members) {
    return "etcd:" + members.stream().map(URI::toString).collect(Collectors.joining(","));
  }

  private static String pem(String authority) {
    return EtcdCluster.pem(new TestAuthority(authority));
  }

  private static List<URI> addresses(RendezvousProcess... nodes) {
    List<URI> addresses = new ArrayList<>();
    for (RendezvousProcess node : nodes) {
      addresses.add(node.address());
    }
    return addresses;
  }

  private static RunKey key(int number) {
    return new RunKey(Digest.of(ByteBuffer.allocate(4).putInt(number).array()));
  }

  private <T extends AutoCloseable> T closing(T closeable) {
    open.add(closeable);
    return closeable;
  }
}
