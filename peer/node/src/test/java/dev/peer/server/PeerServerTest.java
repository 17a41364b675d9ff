package dev.peer.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.access.NamespaceRules;
import dev.peer.core.chunk.Chunk;
import dev.peer.core.chunk.ChunkList;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.FrameStream;
import dev.peer.core.store.HitLog;
import dev.peer.core.store.SentLog;
import dev.peer.core.store.StoredRecord;
import dev.peer.core.store.StoredRecords;
import dev.peer.http.Https;
import dev.peer.http.ServerLimits;
import dev.peer.tls.Response;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.PeerPath;
import dev.peer.wire.PeerStatus;
import dev.peer.wire.Problem;
import dev.peer.wire.WholeResult;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
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

class PeerServerTest {

  private static final RunKey KEY = new RunKey(Digest.of(new byte[] {1}));
  private static final RepoId REPO = new RepoId("repo");
  private static final byte[] ATTESTATION = {'{', '}'};
  private static final byte[] BUNDLE = random(1_000_000);
  private static final String RESULT = new PeerPath.Result(KEY).text();
  private static final String BLOB = new PeerPath.Blob(Digest.of(BUNDLE)).text();

  private static final String CHUNKS = new PeerPath.Chunks(Digest.of(BUNDLE)).text();

  private static final Digest IMAGE = Digest.of(new byte[] {2});
  private static final String IMAGE_FILE = new PeerPath.ImageFile(IMAGE, "kernel").text();

  private static final String LARGE_FILE = new PeerPath.LargeFile(REPO, Digest.of(BUNDLE)).text();

  private static TestAuthority authority;

  @TempDir private Path directory;
  private PeerServer server;
  private Https client;
  private StoredRecord record;

  @BeforeAll
  static void issue() {
    authority = new TestAuthority("team");
  }

  @BeforeEach
  void start() throws Exception {
    AccessRules rules =
        new AccessRules(
            AccessRule.parse("uri:spiffe://team/*"), AccessRule.anyone(), AccessRule.anyone());
    Path kernel = Files.write(directory.resolve("kernel"), BUNDLE);
    HeldImages images =
        new HeldImages() {
          @Override
          public List<Digest> digests() {
            return List.of(IMAGE);
          }

          @Override
          public Optional<Path> file(Digest image, String name) {
            return image.equals(IMAGE) && List.of("kernel", "attestation.json").contains(name)
                ? Optional.of(kernel)
                : Optional.empty();
          }
        };
    server =
        PeerServer.start(
            authority.peer("spiffe://team/laptop"),
            () -> rules,
            new HeldFiles(images, largeFiles(kernel)),
            Https.LOOPBACK,
            ServerLimits.PEER);
    client = new Https(authority.peer("spiffe://team/ci"), server.address());
    record = StoredRecords.of(directory, REPO, KEY, ATTESTATION, BUNDLE);
    server.add(record);
  }

  /** One file of one repository. */
  private static HeldLargeFiles largeFiles(Path file) {
    return new HeldLargeFiles() {
      @Override
      public boolean holdsAny(RepoId repo) {
        return repo.equals(REPO);
      }

      @Override
      public Optional<Path> file(RepoId repo, Digest content) {
        return holdsAny(repo) && content.equals(Digest.of(BUNDLE))
            ? Optional.of(file)
            : Optional.empty();
      }
    };
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void servesAttestationAndBundleAsTheyAre() throws Exception {
    Https.Answer attestation = client.send("GET", RESULT);
    assertThat(attestation.status()).isEqualTo(200);
    assertThat(attestation.body()).isEqualTo(ATTESTATION);
    assertThat(attestation.header("Content-Type"))
        .contains("application/vnd.dsse.envelope.v1+json");

    Https.Answer bundle = client.send("GET", BLOB);
    assertThat(bundle.status()).isEqualTo(200);
    assertThat(bundle.body()).isEqualTo(BUNDLE);
    assertThat(bundle.header("Content-Type")).contains("application/zstd");
    assertThat(bundle.header("Content-Length")).contains(Long.toString(BUNDLE.length));
    assertThat(bundle.header("Cache-Control").orElseThrow()).contains("immutable");
  }

  @Test
  void servesBothInOneAnswerToWhoeverAcceptsThat() throws Exception {
    Https.Answer both = client.send("GET", RESULT, "Accept", MediaTypes.RESULT);

    assertThat(both.status()).isEqualTo(200);
    assertThat(both.header("Content-Type")).contains(MediaTypes.RESULT);
    assertThat(both.header("Vary")).contains("Accept");
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    expected.writeBytes(WholeResult.beforeBundle(ATTESTATION));
    expected.writeBytes(BUNDLE);
    assertThat(both.body()).isEqualTo(expected.toByteArray());
    Https.Answer head = client.send("HEAD", RESULT, "Accept", MediaTypes.RESULT);
    assertThat(head.header("Content-Length")).contains(Long.toString(expected.size()));
  }

  @Test
  void servesRanges() throws Exception {
    Https.Answer part = client.send("GET", BLOB, "Range", "bytes=999990-");

    assertThat(part.status()).isEqualTo(206);
    assertThat(part.header("Content-Range")).contains("bytes 999990-999999/1000000");
    assertThat(part.body()).isEqualTo(Arrays.copyOfRange(BUNDLE, 999_990, 1_000_000));
    assertThat(client.send("GET", BLOB, "Range", "bytes=100-299999").body())
        .isEqualTo(Arrays.copyOfRange(BUNDLE, 100, 300_000));
  }

  @Test
  void refusesARangeOutside() throws Exception {
    Https.Answer answer = client.send("GET", BLOB, "Range", "bytes=1000000-");

    assertProblem(answer, Problem.Kind.NO_SUCH_RANGE);
    assertThat(answer.header("Content-Range")).contains("bytes */1000000");
  }

  @Test
  void servesAllWhenTheRangeIsOfOtherContent() throws Exception {
    Https.Answer whole = client.send("GET", BLOB, "Range", "bytes=5-", "If-Range", "\"other\"");
    assertThat(whole.status()).isEqualTo(200);
    assertThat(whole.body()).hasSize(BUNDLE.length);

    String etag = whole.header("ETag").orElseThrow();
    assertThat(client.send("GET", BLOB, "Range", "bytes=5-", "If-Range", etag).status())
        .isEqualTo(206);
    assertThat(client.send("GET", BLOB, "If-None-Match", etag).status()).isEqualTo(304);
  }

  @Test
  void answersHeadWithTheSizeAlone() throws Exception {
    Https.Answer head = client.send("HEAD", BLOB);

    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("Content-Length")).contains(Long.toString(BUNDLE.length));
    assertThat(head.body()).isEmpty();
    assertThat(client.send("HEAD", RESULT).status()).isEqualTo(200);
    assertThat(client.send("GET", RESULT).body()).isEqualTo(ATTESTATION);
  }

  @Test
  void servesWhatIsAddedUntilItIsRemoved() throws Exception {
    StoredRecord again = StoredRecords.of(directory, REPO, KEY, new byte[] {'2'}, BUNDLE);
    server.add(again);
    assertThat(client.send("GET", RESULT).body()).isEqualTo(new byte[] {'2'});

    server.remove(again);
    assertThat(client.send("GET", RESULT).body()).isEqualTo(ATTESTATION);
    assertThat(client.send("GET", BLOB).status()).isEqualTo(200);

    server.remove(record);
    assertProblem(client.send("GET", RESULT), Problem.Kind.NO_SUCH_RESULT);
    assertProblem(client.send("GET", BLOB), Problem.Kind.NO_SUCH_RESULT);
  }

  @Test
  void servesAnAlteredBundleAsItLies() throws Exception {
    byte[] altered = BUNDLE.clone();
    altered[77] ^= 1;
    Files.write(record.bundleFile(), altered);

    assertThat(client.send("GET", BLOB).body()).isEqualTo(altered);
  }

  @Test
  void saysThatABundleIsGone() throws Exception {
    Files.delete(record.bundleFile());

    assertProblem(client.send("GET", BLOB), Problem.Kind.NO_SUCH_RESULT);
  }

  /** It is noted behind the answer. */
  @Test
  @Timeout(60)
  void countsHowOftenAllOfAResultWasSent() throws Exception {
    client.send("GET", RESULT);
    client.send("HEAD", BLOB);
    client.send("GET", BLOB, "Range", "bytes=0-99");
    client.send("GET", BLOB, "If-None-Match", "*");
    client.send("GET", BLOB);
    client.send("GET", BLOB, "Range", "bytes=100-");
    client.send("GET", RESULT, "Accept", MediaTypes.RESULT);
    while (SentLog.of(record).size() < 3) {
      Thread.sleep(10);
    }

    assertThat(SentLog.of(record)).hasSize(3);
    assertThat(HitLog.of(record)).isEmpty();
  }

  @Test
  void sendsAResultAlsoIfThatCannotBeNoted() throws Exception {
    Files.createDirectory(record.bundleFile().resolveSibling("sent"));

    assertThat(client.send("GET", BLOB).body()).isEqualTo(BUNDLE);
    assertThat(client.send("GET", BLOB).body()).isEqualTo(BUNDLE);
    assertThat(SentLog.of(record)).isEmpty();
  }

  @Test
  void servesTheListOfABundlesChunks() throws Exception {
    byte[] chunked = skippable(1_000_000);
    StoredRecord other = StoredRecords.of(directory, REPO, KEY, ATTESTATION, chunked);
    server.add(other);
    String path = new PeerPath.Chunks(other.bundle().digest()).text();

    Https.Answer list = client.send("GET", path);

    assertThat(list.status()).isEqualTo(200);
    assertThat(list.header("Content-Type")).contains("application/vnd.dev.peer.chunks");
    assertThat(ChunkList.parse(list.body(), chunked.length).chunks())
        .containsExactly(new Chunk(0, chunked.length, Digest.of(chunked)));
    String etag = list.header("ETag").orElseThrow();
    assertThat(client.send("GET", path, "If-None-Match", etag).status()).isEqualTo(304);
    assertProblem(client.send("PUT", path), Problem.Kind.NO_SUCH_METHOD);
  }

  /** A frame of zstd of the simplest kind. */
  private static byte[] skippable(int size) {
    return ByteBuffer.allocate(8 + size)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(0x184D2A50)
        .putInt(size)
        .array();
  }

  @Test
  void saysThatABundleHasNoChunks() throws Exception {
    assertProblem(client.send("GET", CHUNKS), Problem.Kind.NO_SUCH_CHUNKS);
    assertProblem(
        client.send("GET", new PeerPath.Chunks(Digest.of(new byte[0])).text()),
        Problem.Kind.NO_SUCH_RESULT);
    Files.delete(record.bundleFile());
    assertProblem(client.send("GET", CHUNKS), Problem.Kind.NO_SUCH_RESULT);
  }

  @Test
  void servesTheFilesOfAnImage() throws Exception {
    Https.Answer kernel = client.send("GET", IMAGE_FILE);
    assertThat(kernel.status()).isEqualTo(200);
    assertThat(kernel.body()).isEqualTo(BUNDLE);
    assertThat(kernel.header("Content-Type")).contains("application/octet-stream");
    assertThat(kernel.header("Cache-Control").orElseThrow()).contains("immutable");

    Https.Answer part = client.send("GET", IMAGE_FILE, "Range", "bytes=999990-");
    assertThat(part.status()).isEqualTo(206);
    assertThat(part.body()).isEqualTo(Arrays.copyOfRange(BUNDLE, 999_990, 1_000_000));
    assertProblem(
        client.send("GET", IMAGE_FILE, "Range", "bytes=1000000-"), Problem.Kind.NO_SUCH_RANGE);
    assertThat(client.send("HEAD", IMAGE_FILE).body()).isEmpty();
    String etag = kernel.header("ETag").orElseThrow();
    assertThat(client.send("GET", IMAGE_FILE, "If-None-Match", etag).status()).isEqualTo(304);
  }

  @Test
  void compressesAFileOfAnImageForWhoeverAcceptsThat() throws Exception {
    String[] accept = {"Accept-Encoding", "gzip, zstd"};
    Https.Answer plain = client.send("GET", IMAGE_FILE);

    Https.Answer frames = client.send("GET", IMAGE_FILE, accept);

    assertThat(frames.status()).isEqualTo(200);
    assertThat(frames.header("Content-Encoding")).contains("zstd");
    assertThat(frames.header("Content-Type")).contains("application/octet-stream");
    try (InputStream content = FrameStream.read(new ByteArrayInputStream(frames.body()))) {
      assertThat(content.readAllBytes()).isEqualTo(BUNDLE);
    }
    for (Https.Answer answer : List.of(plain, frames)) {
      assertThat(answer.header("Vary")).contains("Accept-Encoding");
      assertThat(answer.header("Cache-Control").orElseThrow()).contains("immutable");
    }
    String etag = frames.header("ETag").orElseThrow();
    assertThat(plain.header("ETag").orElseThrow()).isNotEqualTo(etag);
    Https.Answer known =
        client.send("GET", IMAGE_FILE, "If-None-Match", etag, "Accept-Encoding", "zstd");
    assertThat(known.status()).isEqualTo(304);
    Https.Answer head = client.send("HEAD", IMAGE_FILE, accept);
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("ETag")).contains(etag);
    assertThat(head.body()).isEmpty();
    assertThat(client.send("GET", IMAGE_FILE).body()).isEqualTo(BUNDLE);
  }

  @Test
  void compressesNoPartOfAFile() throws Exception {
    Https.Answer part =
        client.send("GET", IMAGE_FILE, "Accept-Encoding", "zstd", "Range", "bytes=999990-");

    assertThat(part.status()).isEqualTo(206);
    assertThat(part.header("Content-Encoding")).isEmpty();
    assertThat(part.header("Content-Range")).contains("bytes 999990-999999/1000000");
    assertThat(part.body()).isEqualTo(Arrays.copyOfRange(BUNDLE, 999_990, 1_000_000));
  }

  /** Compressing takes memory: others get the file as it is. */
  @Test
  @Timeout(120)
  void compressesFewFilesAtOnce() throws Exception {
    Files.write(directory.resolve("kernel"), random(32 << 20));
    List<InputStream> unread = new ArrayList<>();
    try {
      Response answer = client.open(IMAGE_FILE, "Accept-Encoding", "zstd");
      while (answer.header("Content-Encoding").isPresent()) {
        unread.add(answer.body());
        answer = client.open(IMAGE_FILE, "Accept-Encoding", "zstd");
      }
      answer.body().close();
      assertThat(unread).hasSize(8);
    } finally {
      for (InputStream body : unread) {
        body.close();
      }
    }
    while (client
        .send("HEAD", IMAGE_FILE, "Accept-Encoding", "zstd")
        .header("Content-Encoding")
        .isEmpty()) {
      Thread.sleep(10);
    }
  }

  /** The image may be signed again: nobody keeps an attestation for good. */
  @Test
  void servesTheAttestationOfAnImage() throws Exception {
    String path = new PeerPath.ImageFile(IMAGE, PeerPath.ImageFile.ATTESTATION).text();

    Https.Answer attestation = client.send("GET", path);

    assertThat(attestation.status()).isEqualTo(200);
    assertThat(attestation.body()).isEqualTo(BUNDLE);
    assertThat(attestation.header("Content-Type"))
        .contains("application/vnd.dsse.envelope.v1+json");
    assertThat(attestation.header("Cache-Control")).contains("private, no-cache");
  }

  @Test
  void servesNothingElseOfAnImage() throws Exception {
    String image = new PeerPath.ImageFile(IMAGE, "initramfs").text();
    assertProblem(client.send("GET", image), Problem.Kind.NO_SUCH_IMAGE);
    String other = new PeerPath.ImageFile(Digest.of(new byte[0]), "kernel").text();
    assertProblem(client.send("GET", other), Problem.Kind.NO_SUCH_IMAGE);
    assertProblem(client.send("GET", image + "%2f..%2fkernel"), Problem.Kind.MALFORMED);
    assertProblem(client.send("PUT", IMAGE_FILE), Problem.Kind.NO_SUCH_METHOD);

    Files.delete(directory.resolve("kernel"));
    assertProblem(client.send("GET", IMAGE_FILE), Problem.Kind.NO_SUCH_IMAGE);
  }

  @Test
  void servesAFileOfGitLfsByItsRepositoryAndContentAlone() throws Exception {
    Https.Answer file = client.send("GET", LARGE_FILE);
    assertThat(file.status()).isEqualTo(200);
    assertThat(file.body()).isEqualTo(BUNDLE);
    assertThat(file.header("Content-Type")).contains("application/octet-stream");
    Https.Answer part = client.send("GET", LARGE_FILE, "Range", "bytes=999990-");
    assertThat(part.body()).isEqualTo(Arrays.copyOfRange(BUNDLE, 999_990, 1_000_000));

    String other = new PeerPath.LargeFile(new RepoId("other"), Digest.of(BUNDLE)).text();
    assertProblem(client.send("GET", other), Problem.Kind.NO_SUCH_FILE);
    String unknown = new PeerPath.LargeFile(REPO, Digest.of(new byte[0])).text();
    assertProblem(client.send("GET", unknown), Problem.Kind.NO_SUCH_FILE);
    assertProblem(client.send("GET", LARGE_FILE + "%2f.."), Problem.Kind.MALFORMED);
    assertProblem(client.send("PUT", LARGE_FILE), Problem.Kind.NO_SUCH_METHOD);

    Files.delete(directory.resolve("kernel"));
    assertProblem(client.send("GET", LARGE_FILE), Problem.Kind.NO_SUCH_FILE);
  }

  @Test
  void followsTheRuleForFetching() throws Exception {
    try (Https stranger = new Https(authority.peer("spiffe://other/ci"), server.address())) {
      assertProblem(stranger.send("GET", RESULT), Problem.Kind.NOT_ALLOWED);
      assertProblem(stranger.send("GET", BLOB), Problem.Kind.NOT_ALLOWED);
      assertProblem(stranger.send("GET", CHUNKS), Problem.Kind.NOT_ALLOWED);
      assertProblem(stranger.send("GET", IMAGE_FILE), Problem.Kind.NOT_ALLOWED);
      assertProblem(stranger.send("GET", LARGE_FILE), Problem.Kind.NOT_ALLOWED);
      assertThat(stranger.send("GET", "/v1/status").status()).isEqualTo(200);
    }
  }

  @Test
  void followsTheRuleOfTheNamespaceThatARecordIsIn() throws Exception {
    AccessRules rules =
        new AccessRules(
            NamespaceRules.parse(
                "example.org/open/* => anyone; "
                    + REPO.text()
                    + " => uri:spiffe://team/*;* => nobody"),
            NamespaceRules.parse("nobody"),
            AccessRule.anyone());
    TlsIdentity holder = authority.peer("spiffe://team/laptop");
    try (PeerServer group =
            PeerServer.start(
                holder,
                () -> rules,
                new HeldFiles(HeldImages.NONE, largeFiles(record.bundleFile())),
                Https.LOOPBACK,
                ServerLimits.PEER);
        Https member = new Https(authority.peer("spiffe://team/ci"), group.address());
        Https guest = new Https(authority.peer("spiffe://other/ci"), group.address())) {
      group.add(record);

      assertThat(member.send("GET", RESULT).status()).isEqualTo(200);
      assertThat(member.send("GET", BLOB).status()).isEqualTo(200);
      assertThat(member.send("GET", LARGE_FILE).status()).isEqualTo(200);
      assertProblem(guest.send("GET", LARGE_FILE), Problem.Kind.NOT_ALLOWED);
      assertProblem(guest.send("GET", RESULT), Problem.Kind.NOT_ALLOWED);
      assertProblem(guest.send("GET", BLOB), Problem.Kind.NOT_ALLOWED);
      assertProblem(guest.send("GET", CHUNKS), Problem.Kind.NOT_ALLOWED);
    }
  }

  @Test
  void saysHowItIs() throws Exception {
    assertThat(PeerStatus.parse(client.send("GET", "/v1/status").body()))
        .isEqualTo(new PeerStatus(new PeerId("spiffe://team/laptop"), 1));
  }

  @Test
  void refusesWhatItDoesNotHave() throws Exception {
    assertProblem(client.send("GET", "/v1/blobs/sha256/x"), Problem.Kind.MALFORMED);
    assertProblem(client.send("GET", "/etc/passwd"), Problem.Kind.NO_SUCH_PATH);
    assertProblem(client.send("GET", "/v1/blobs/sha256/../../x"), Problem.Kind.NO_SUCH_PATH);
    assertProblem(client.send("PUT", RESULT), Problem.Kind.NO_SUCH_METHOD);
    assertProblem(client.send("GET", RESULT, new byte[10]), Problem.Kind.TOO_LARGE);
  }

  @Test
  void saysThatThePortIsTaken() {
    assertThatThrownBy(
            () ->
                PeerServer.start(
                    authority.peer("spiffe://team/x"),
                    AccessRules::open,
                    HeldFiles.NONE,
                    server.address(),
                    ServerLimits.PEER))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot listen on ")
        .hasMessageContaining(":" + server.address().getPort() + ": Address already in use");
  }

  private static void assertProblem(Https.Answer answer, Problem.Kind kind) throws Exception {
    assertThat(answer.status()).isEqualTo(kind.status());
    assertThat(Problem.parse(answer.body()).orElseThrow().kind()).isEqualTo(kind);
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(1).nextBytes(bytes);
    return bytes;
  }
}
