package dev.peer.client.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.peer.client.FaultyHolder;
import dev.peer.client.Timeouts;
import dev.peer.client.announce.AnnounceAndLookupTest;
import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.chunk.Chunk;
import dev.peer.core.chunk.ChunkList;
import dev.peer.core.find.Fetch;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.FetchException.Fault;
import dev.peer.core.find.Holder;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.Content;
import dev.peer.core.sign.Attestation;
import dev.peer.core.store.StoredRecord;
import dev.peer.core.store.StoredRecords;
import dev.peer.core.trust.Credentials;
import dev.peer.http.Https;
import dev.peer.http.ServerLimits;
import dev.peer.server.HeldFiles;
import dev.peer.server.PeerServer;
import dev.peer.tls.TestAuthority;
import dev.peer.wire.Limits;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.PeerAddress;
import dev.peer.wire.WholeResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class HolderFetchTest {

  private static final PeerId LAPTOP = new PeerId("spiffe://team/laptop");
  private static final RunKey KEY = new RunKey(Digest.of(new byte[] {1}));
  private static final byte[] ATTESTATION = {'{', '}'};
  private static final byte[] BYTES = random(300_000);
  private static final Content BUNDLE = new Content(BYTES.length, Digest.of(BYTES));
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Type: application/zstd";
  private static final Timeouts HASTY =
      new Timeouts(
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofMillis(500),
          1 << 10,
          Duration.ofSeconds(1));

  private static TestAuthority team;
  private static Credentials laptop;

  @TempDir private Path directory;
  private PeerServer server;
  private StoredRecord record;
  private HolderFetch fetch;
  private Path target;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
    laptop = team.issue(LAPTOP.text());
  }

  @BeforeEach
  void start() throws Exception {
    AccessRules rules =
        new AccessRules(
            AccessRule.parse("uri:spiffe://team/*"), AccessRule.anyone(), AccessRule.anyone());
    server =
        PeerServer.start(
            team.peer(laptop), () -> rules, HeldFiles.NONE, Https.LOOPBACK, ServerLimits.PEER);
    record = StoredRecords.of(directory, new RepoId("repo"), KEY, ATTESTATION, BYTES);
    server.add(record);
    fetch = new HolderFetch(team.peer("spiffe://team/ci"), HASTY);
    target = directory.resolve("target");
  }

  @AfterEach
  void stop() {
    fetch.close();
    server.close();
  }

  @Test
  void fetchesAttestationAndBundle() throws Exception {
    assertThat(fetch.attestation(holder(), KEY)).isEqualTo(Attestation.of(ATTESTATION));
    take(holder(), 0);

    assertThat(target).hasBinaryContent(BYTES);
  }

  @Test
  void fetchesASmallResultInOneAnswer() throws Exception {
    try (Fetch.Reply reply = fetch.result(holder(), KEY)) {
      assertThat(reply.attestation()).isEqualTo(Attestation.of(ATTESTATION));
      ByteArrayOutputStream bundle = new ByteArrayOutputStream();
      reply.bundle().orElseThrow().into(bundle, HASTY.stall());
      assertThat(bundle.toByteArray()).isEqualTo(BYTES);
    }
  }

  @Test
  void fetchesTheAttestationAloneWhereTheBundleIsLarge() throws Exception {
    server.remove(record);
    server.add(
        StoredRecords.of(
            directory, new RepoId("repo"), KEY, ATTESTATION, random(Limits.BUNDLE_AT_ONCE + 1)));

    assertThat(fetch.result(holder(), KEY))
        .isEqualTo(new Fetch.Reply(Attestation.of(ATTESTATION), Optional.empty()));
  }

  @Test
  void refusesNonsenseInPlaceOfAWholeResult() throws Exception {
    String head = "HTTP/1.1 200 OK\r\nContent-Type: " + MediaTypes.RESULT;
    byte[] cut = {0, 0, 0, 9, '{', '}'};
    byte[] large = {(byte) 0x80, 0, 0, 0, '{', '}'};
    for (byte[] body : List.of(cut, large)) {
      String sized = head + "\r\nContent-Length: " + body.length;
      try (FaultyHolder holder = new FaultyHolder(laptop, sized, body, false)) {
        FetchException e =
            catchThrowableOfType(
                FetchException.class, () -> fetch.result(holder(holder.address()), KEY));
        assertThat(e.fault()).isEqualTo(Fault.WRONG);
      }
    }
  }

  @Test
  void takesNoMoreOfABundleAtOnceThanASmallOneHas() throws Exception {
    byte[] endless = new byte[Limits.BUNDLE_AT_ONCE + WholeResult.HEAD + 1];
    String head = "HTTP/1.1 200 OK\r\nContent-Type: " + MediaTypes.RESULT;
    try (FaultyHolder holder = new FaultyHolder(laptop, head, endless, true);
        Fetch.Reply reply = fetch.result(holder(holder.address()), KEY)) {
      assertThatThrownBy(
              () ->
                  reply.bundle().orElseThrow().into(OutputStream.nullOutputStream(), HASTY.stall()))
          .isInstanceOf(FetchException.class)
          .hasMessageContaining("more than 4194304 bytes at once");
    }
  }

  @Test
  void goesOnToTheAddressThatAnswers() throws Exception {
    Holder holder = new Holder(LAPTOP, List.of(closed(), PeerAddress.of(server.address())));

    assertThat(fetch.attestation(holder, KEY)).isEqualTo(Attestation.of(ATTESTATION));
  }

  @Test
  void saysThatNoAddressAnswers() throws Exception {
    URI nobody = closed();

    assertThat(fault(new Holder(LAPTOP, List.of(nobody)), Fault.UNREACHABLE))
        .isEqualTo("spiffe://team/laptop: " + nobody.getAuthority() + ": connection refused");
  }

  @Test
  void doesNotTakeAnotherPeerForTheHolder() throws Exception {
    Holder other =
        new Holder(new PeerId("spiffe://team/other"), List.of(PeerAddress.of(server.address())));

    assertThat(fault(other, Fault.WRONG)).contains("it is spiffe://team/laptop, not spiffe://team");
  }

  @Test
  void doesNotTakeAStrangerForTheHolder() throws Exception {
    TestAuthority strangers = new TestAuthority("strangers");
    try (PeerServer stranger =
        PeerServer.start(
            strangers.peer(LAPTOP.text()),
            AccessRules::open,
            HeldFiles.NONE,
            Https.LOOPBACK,
            ServerLimits.PEER)) {
      assertThat(fault(holder(PeerAddress.of(stranger.address())), Fault.WRONG))
          .contains("not trusted");
    }
  }

  @Test
  void saysThatTheHolderDoesNotTrustUs() {
    TestAuthority strangers = new TestAuthority("strangers");
    try (HolderFetch stranger =
        new HolderFetch(team.peer(strangers.issue("spiffe://team/ci")), HASTY)) {
      FetchException e =
          catchThrowableOfType(FetchException.class, () -> stranger.attestation(holder(), KEY));
      // The word of the refusal may be lost on the way.
      assertThat(e.fault()).isIn(Fault.REFUSED, Fault.UNREACHABLE);
      assertThat(e).hasMessageContaining("our certificate");
    }
  }

  @Test
  void saysThatTheHolderHasNoSuchResult() {
    server.remove(record);

    assertThat(fault(holder(), Fault.REFUSED)).contains("this peer does not hold");
    assertThat(bundleFault(holder(), Fault.REFUSED)).contains("this peer does not hold");
  }

  @Test
  void saysThatTheRulesForbidIt() {
    try (HolderFetch other = new HolderFetch(team.peer("spiffe://other/ci"), HASTY)) {
      FetchException e =
          catchThrowableOfType(FetchException.class, () -> other.attestation(holder(), KEY));
      assertThat(e.fault()).isEqualTo(Fault.REFUSED);
      assertThat(e).hasMessageContaining("spiffe://other/ci may not fetch here");
    }
  }

  /** A record of TLS has 16 KiB at most. */
  @Test
  void handsOnMoreThanTheConnectionGivesAtOnce() throws Exception {
    List<Integer> sizes = new ArrayList<>();
    OutputStream out =
        new OutputStream() {

          @Override
          public void write(int b) {
            sizes.add(1);
          }

          @Override
          public void write(byte[] buffer, int offset, int length) {
            sizes.add(length);
          }
        };

    try (Fetch.Download bundle = fetch.bundle(holder(), BUNDLE, 0)) {
      bundle.into(out, HASTY.stall());
    }

    assertThat(sizes).containsExactly(65_536, 65_536, 65_536, 65_536, 37_856);
  }

  @Test
  void goesOnAtTheByteThatWasReached() throws Exception {
    Files.write(target, Arrays.copyOf(BYTES, 100_000));

    take(holder(), 100_000);

    assertThat(target).hasBinaryContent(BYTES);
  }

  @Test
  void beginsAnewWhereTheHolderGivesAllOfIt() throws Exception {
    Files.write(target, new byte[1000]);
    String head = OK + "\r\nContent-Length: " + BYTES.length;
    try (FaultyHolder holder = new FaultyHolder(laptop, head, BYTES, false)) {
      take(holder(holder.address()), 1000);
    }

    assertThat(target).hasBinaryContent(BYTES);
  }

  @Test
  void refusesAnotherPartThanItAskedFor() throws Exception {
    Files.write(target, Arrays.copyOf(BYTES, 1000));
    for (String range : List.of("", "\r\nContent-Range: bytes 999-299999/300000")) {
      String head = "HTTP/1.1 206 Partial Content" + range;
      try (FaultyHolder holder = new FaultyHolder(laptop, head, BYTES, false)) {
        FetchException e =
            catchThrowableOfType(FetchException.class, () -> take(holder(holder.address()), 1000));
        assertThat(e.fault()).isEqualTo(Fault.WRONG);
        assertThat(e).hasMessageContaining("gave another part of the bundle");
      }
    }
    assertThat(target).hasBinaryContent(Arrays.copyOf(BYTES, 1000));
  }

  @Test
  void getsAPartOfABundleThatIsListed() throws Exception {
    byte[] list = new ChunkList(List.of(new Chunk(0, BYTES.length, BUNDLE.digest()))).bytes();
    Files.write(record.bundleFile().resolveSibling("chunks"), list);

    Fetch.Parts parts = fetch.parts(holder(), BUNDLE).orElseThrow();

    assertThat(parts.list().bytes()).isEqualTo(list);
    ByteArrayOutputStream part = new ByteArrayOutputStream();
    try (Fetch.Download download = parts.part(1000, 2000)) {
      assertThat(download.from()).isEqualTo(1000);
      download.into(part, Duration.ofMinutes(1));
    }
    assertThat(part.toByteArray()).isEqualTo(Arrays.copyOfRange(BYTES, 1000, 3000));
  }

  @Test
  void findsNoPartsWhereTheHolderHasNoList() throws Exception {
    assertThat(fetch.parts(holder(), BUNDLE)).isEmpty();
  }

  @Test
  void refusesAListThatIsNone() throws Exception {
    try (FaultyHolder holder = new FaultyHolder(laptop, OK, BYTES, false)) {
      FetchException e =
          catchThrowableOfType(
              FetchException.class, () -> fetch.parts(holder(holder.address()), BUNDLE));
      assertThat(e.fault()).isEqualTo(Fault.WRONG);
      assertThat(e).hasMessageContaining("the list of chunks of spiffe://team/laptop is refused: ");
    }
  }

  @Test
  void takesNoWholeForAPart() throws Exception {
    byte[] list = new ChunkList(List.of(new Chunk(0, BYTES.length, BUNDLE.digest()))).bytes();
    try (FaultyHolder holder = new FaultyHolder(laptop, OK, list, false)) {
      Fetch.Parts parts = fetch.parts(holder(holder.address()), BUNDLE).orElseThrow();
      FetchException e = catchThrowableOfType(FetchException.class, () -> parts.part(0, 36));
      assertThat(e.fault()).isEqualTo(Fault.REFUSED);
    }
  }

  @Test
  void findsABundleThatIsLargerOrSmaller() throws Exception {
    Files.write(record.bundleFile(), new byte[BYTES.length - 1]);
    assertThat(bundleFault(holder(), Fault.WRONG)).contains("gave fewer bytes");

    Files.write(record.bundleFile(), new byte[BYTES.length + 1]);
    assertThat(bundleFault(holder(), Fault.WRONG)).contains("gave more bytes");
  }

  @Test
  void readsNoMoreThanItAskedFor() throws Exception {
    byte[] endless = new byte[32 << 20];
    try (FaultyHolder holder = new FaultyHolder(laptop, OK, endless, true)) {
      assertThat(bundleFault(holder(holder.address()), Fault.WRONG)).contains("gave more bytes");
      assertThat(fault(holder(holder.address()), Fault.WRONG)).contains("more than 4194304 bytes");
    }
  }

  @Test
  void givesUpOnAHolderThatStalls() throws Exception {
    String head = OK + "\r\nContent-Length: " + BYTES.length;
    try (FaultyHolder holder = new FaultyHolder(laptop, head, new byte[1000], true)) {
      assertThat(bundleFault(holder(holder.address()), Fault.UNREACHABLE)).contains("stalled");
      assertThat(target).hasBinaryContent(new byte[1000]);
      assertThat(fault(holder(holder.address()), Fault.UNREACHABLE)).contains("stalled");
    }
  }

  @Test
  void waitsForABrieferPauseWhereItIsTold() throws Exception {
    String head = OK + "\r\nContent-Length: " + BYTES.length;
    try (FaultyHolder stalling = new FaultyHolder(laptop, head, new byte[1000], true);
        HolderFetch patient =
            new HolderFetch(team.peer("spiffe://team/ci"), AnnounceAndLookupTest.PATIENCE);
        Fetch.Download bundle = patient.bundle(holder(stalling.address()), BUNDLE, 0)) {
      assertThatThrownBy(() -> bundle.into(OutputStream.nullOutputStream(), Duration.ofMillis(50)))
          .hasMessageContaining("stalled after ");
    }
  }

  @Test
  void saysThatAHolderBrokeOff() throws Exception {
    String head = OK + "\r\nContent-Length: " + BYTES.length;
    try (FaultyHolder holder = new FaultyHolder(laptop, head, new byte[1000], false)) {
      assertThat(bundleFault(holder(holder.address()), Fault.UNREACHABLE)).contains("broke off");
      assertThat(target).hasBinaryContent(new byte[1000]);
    }
  }

  @Test
  void doesNotFollowARedirect() throws Exception {
    String head =
        "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: "
            + PeerAddress.of(server.address())
            + "/v1/results/"
            + KEY.hex();
    try (FaultyHolder holder = new FaultyHolder(laptop, head, new byte[0], false)) {
      assertThat(fault(holder(holder.address()), Fault.REFUSED)).contains("status 302");
    }
  }

  @Test
  void doesNotTakeNonsenseForAnAnswer() throws Exception {
    try (FaultyHolder holder = new FaultyHolder(laptop, "SSH-2.0-x", new byte[10], false)) {
      fault(holder(holder.address()), Fault.UNREACHABLE);
    }
  }

  @Test
  void endsWhenItsThreadIsInterrupted() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> fetch.attestation(holder(), KEY))
        .isInstanceOf(InterruptedException.class);
  }

  private void take(Holder holder, long from) throws Exception {
    try (Fetch.Download bundle = fetch.bundle(holder, BUNDLE, from);
        OutputStream out =
            Files.newOutputStream(
                target,
                StandardOpenOption.CREATE,
                bundle.from() > 0
                    ? StandardOpenOption.APPEND
                    : StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
      bundle.into(out, HASTY.stall());
    }
  }

  private Holder holder() {
    return holder(PeerAddress.of(server.address()));
  }

  private static Holder holder(URI address) {
    return new Holder(LAPTOP, List.of(address));
  }

  private String fault(Holder holder, Fault fault) {
    FetchException e =
        catchThrowableOfType(FetchException.class, () -> fetch.attestation(holder, KEY));
    assertThat(e.fault()).isEqualTo(fault);
    assertThat(e.getMessage()).startsWith(holder.id().text());
    return e.getMessage();
  }

  private String bundleFault(Holder holder, Fault fault) {
    FetchException e = catchThrowableOfType(FetchException.class, () -> take(holder, 0));
    assertThat(e.fault()).isEqualTo(fault);
    return e.getMessage();
  }

  private static URI closed() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return PeerAddress.parse("https://127.0.0.1:" + socket.getLocalPort());
    }
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(1).nextBytes(bytes);
    return bytes;
  }
}
