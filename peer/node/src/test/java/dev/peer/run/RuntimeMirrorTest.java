package dev.peer.run;

import static dev.peer.network.RuntimeHome.ROOM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.sign.RuntimeVerifier;
import dev.peer.core.trust.Credentials;
import dev.peer.network.KeptRuntimes;
import dev.peer.network.LocalRuntimes;
import dev.peer.network.RuntimeHome;
import dev.peer.network.RuntimeSource;
import dev.peer.network.TestNetwork;
import dev.peer.server.HeldFiles;
import dev.peer.server.HeldImages;
import dev.peer.server.HeldLargeFiles;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsIdentity;
import dev.peer.vm.snapshot.CachePolicy;
import dev.peer.vm.snapshot.HeldRuntime;
import dev.peer.vm.snapshot.RepositoryDisks;
import dev.peer.vm.snapshot.ServedRuntimes;
import dev.peer.wire.RuntimesKey;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Copies of what a peer offers, over real sockets. */
@Timeout(300)
class RuntimeMirrorTest {

  private static final RepoId REPO = new RepoId("example.org/team/project");
  private static final RepoId OTHER = new RepoId("example.org/another");
  private static final ServedRuntimes.Name NAME = new ServedRuntimes.Name(REPO, RuntimeHome.IMAGE);

  private static TestAuthority team;
  private static Credentials maker;

  @TempDir private Path directory;
  private final List<String> said = new CopyOnWriteArrayList<>();
  private TestNetwork network;
  private AccessRules rules = AccessRules.open();
  private Set<Digest> images = Set.of(RuntimeHome.IMAGE);
  private Instant now = Instant.now();
  private int taken;
  private RuntimeHome laptop;
  private RuntimeHome here;
  private RuntimeSource source;

  @BeforeAll
  static void issue() throws Exception {
    team = new TestAuthority("team");
    maker = team.issue("spiffe://team/maker");
  }

  @BeforeEach
  void start() throws Exception {
    laptop = new RuntimeHome(directory.resolve("laptop"), maker);
    here = new RuntimeHome(directory.resolve("here"), maker);
    network = new TestNetwork(team);
    InetSocketAddress address =
        network.serve(
            "laptop",
            AccessRules::open,
            new HeldFiles(HeldImages.NONE, HeldLargeFiles.NONE, new KeptRuntimes(laptop.served())));
    network.announce(
        "laptop",
        address,
        Map.of(
            REPO,
            RuntimesKey.of(REPO, RuntimeHome.IMAGE),
            OTHER,
            RuntimesKey.of(OTHER, RuntimeHome.IMAGE)));
    TlsIdentity mirroring = team.peer("spiffe://team/mirror");
    source =
        new RuntimeSource(
            Optional.of(network.lookup(mirroring)),
            network.fetch(mirroring),
            new LocalRuntimes(here.served(), AccessRules::open),
            () -> new RuntimeVerifier(team.validator(), rules, InstantSource.system()),
            said::add);
  }

  @AfterEach
  void close() throws Exception {
    network.close();
  }

  @Test
  void keepsAndServesWhatIsOffered() throws Exception {
    HeldRuntime offered = keep(REPO, 1);
    keep(OTHER, 1);

    mirror(ROOM).look();

    HeldRuntime kept = here.served().of(NAME).getFirst();
    assertThat(kept.digest()).isEqualTo(offered.digest());
    assertThat(kept.content()).hasSameBinaryContentAs(offered.content());
    assertThat(kept.attestation()).isEqualTo(offered.attestation());
    assertThat(here.served().names()).containsExactly(NAME);
    assertThat(disks(ROOM).list()).hasSize(1);
    assertThat(taken).isEqualTo(1);
  }

  @Test
  void takesTheOneThatWasSignedLastAndThenLaterOnes() throws Exception {
    keep(REPO, 1);
    awaitNextSecond();
    HeldRuntime last = keep(REPO, 2);
    RuntimeMirror mirror = mirror(ROOM);

    mirror.look();
    assertThat(here.served().of(NAME))
        .extracting(HeldRuntime::digest)
        .containsExactly(last.digest());

    awaitNextSecond();
    HeldRuntime later = keep(REPO, 3);
    mirror.look();
    assertThat(here.served().of(NAME)).as("asked a moment ago").hasSize(1);
    now = now.plus(Duration.ofMinutes(1));
    mirror.look();

    assertThat(here.served().of(NAME))
        .extracting(HeldRuntime::digest)
        .containsExactlyInAnyOrder(last.digest(), later.digest());
    assertThat(taken).isEqualTo(2);

    awaitNextSecond();
    HeldRuntime latest = keep(REPO, 4);
    now = now.plus(Duration.ofMinutes(1));
    mirror.look();

    assertThat(here.served().of(NAME))
        .as("no more than two of one maker")
        .extracting(HeldRuntime::digest)
        .containsExactlyInAnyOrder(later.digest(), latest.digest());
  }

  @Test
  void whatIsDroppedStaysDropped() throws Exception {
    keep(REPO, 1);
    RuntimeMirror mirror = mirror(ROOM);
    mirror.look();

    assertThat(disks(ROOM).drop(REPO, "a test")).isEqualTo(1);
    now = now.plus(Duration.ofDays(1));
    mirror.look();

    assertThat(here.served().names()).isEmpty();
  }

  @Test
  void takesNoneOfACommitOfWhichADiskIsHere() throws Exception {
    keep(REPO, 1);
    here.keep(REPO, clusters(7), 1);

    mirror(ROOM).look();

    assertThat(taken).isZero();
  }

  @Test
  void takesNoneThatWouldGoAtOnce() throws Exception {
    keep(REPO, 1);

    mirror(new CachePolicy(Duration.ofDays(1), ROOM.maxBytes())).look();

    assertThat(here.served().names()).isEmpty();
    assertThat(said).isEmpty();
  }

  /** The maker says how large the disk is, and so how much the content may become. */
  @Test
  void takesNoneWhoseDiskMayBecomeMoreThanAllMayTake() throws Exception {
    keep(REPO, 1);

    mirror(new CachePolicy(ROOM.maxAge(), (1L << 29) - 1)).look();
    assertThat(here.served().names()).isEmpty();
    mirror(new CachePolicy(ROOM.maxAge(), 1L << 29)).look();

    assertThat(here.served().names()).containsExactly(NAME);
  }

  @Test
  void asksNobodyWhereNoImageIsKnown() throws Exception {
    keep(REPO, 1);
    images = Set.of();

    mirror(ROOM).look();

    assertThat(here.served().names()).isEmpty();
  }

  @Test
  void takesNoneOfAMakerWhomNoRuleAdmits() throws Exception {
    keep(REPO, 1);
    rules =
        new AccessRules(
            AccessRule.anyone(), AccessRule.anyone(), AccessRule.parse("uri:spiffe://team/ci"));

    mirror(ROOM).look();

    assertThat(here.served().names()).isEmpty();
    assertThat(said).anyMatch(line -> line.contains("spiffe://team/maker may not prepare"));
  }

  @Test
  void triesWrongBytesAgainLater() throws Exception {
    HeldRuntime offered = keep(REPO, 1);
    byte[] right = Files.readAllBytes(offered.content());
    byte[] wrong = right.clone();
    wrong[wrong.length / 2] ^= 1;
    Files.write(offered.content(), wrong);
    RuntimeMirror mirror = mirror(ROOM);
    mirror.look();
    assertThat(here.served().names()).isEmpty();
    assertThat(said).anyMatch(line -> line.contains("its bytes are not those that were signed"));

    Files.write(offered.content(), right);
    now = now.plus(Duration.ofMinutes(5));
    mirror.look();
    assertThat(here.served().names()).isEmpty();
    now = now.plus(Duration.ofMinutes(5));
    mirror.look();

    assertThat(here.served().names()).containsExactly(NAME);
  }

  @Test
  void looksByItselfOnceItIsStarted() throws Exception {
    keep(REPO, 1);

    try (RuntimeMirror mirror = mirror(ROOM)) {
      mirror.start();
      while (here.served().names().isEmpty()) {
        Thread.sleep(20);
      }
    }
  }

  private RuntimeMirror mirror(CachePolicy policy) {
    return new RuntimeMirror(
        new RuntimeMirror.Sources(List.of(REPO), _ -> images, source),
        disks(policy),
        () -> taken++,
        () -> now,
        said::add);
  }

  private RepositoryDisks disks(CachePolicy policy) {
    return here.disks(Optional.of(source), policy);
  }

  private HeldRuntime keep(RepoId repo, int commit) throws Exception {
    return laptop.keep(repo, clusters(commit), commit);
  }

  private static Map<Integer, byte[]> clusters(int which) {
    Map<Integer, byte[]> clusters = new TreeMap<>();
    RuntimeHome.fill(clusters, which, 20);
    return clusters;
  }

  /** An attestation has its time in seconds. */
  private static void awaitNextSecond() throws InterruptedException {
    long second = Instant.now().getEpochSecond();
    while (Instant.now().getEpochSecond() == second) {
      Thread.sleep(20);
    }
  }
}
