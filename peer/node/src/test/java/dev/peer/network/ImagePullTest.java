package dev.peer.network;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.client.Timeouts;
import dev.peer.client.fetch.ImageFetch;
import dev.peer.client.fetch.NamedAddress;
import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.Holder;
import dev.peer.core.id.Digest;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.FrameStream;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.ImageSigner;
import dev.peer.core.sign.ImageVerifier;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Credentials;
import dev.peer.http.HttpCall;
import dev.peer.http.Https;
import dev.peer.http.HttpsServer;
import dev.peer.http.ProblemException;
import dev.peer.http.ServerLimits;
import dev.peer.server.HeldFiles;
import dev.peer.server.PeerServer;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsIdentity;
import dev.peer.tls.TlsListener;
import dev.peer.vm.image.GuestImage;
import dev.peer.vm.image.ImageException;
import dev.peer.vm.image.ImageStore;
import dev.peer.vm.image.Origin;
import dev.peer.wire.ByteRange;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.PeerAddress;
import dev.peer.wire.Problem;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An image taken in from holders that are whole, break off or lie, over real sockets. */
@Timeout(300)
class ImagePullTest {

  private static final byte[] ROOT = random(300_000);

  private static TestAuthority team;
  private static Credentials builder;

  @TempDir private Path directory;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private ImageStore images;
  private Digest digest;
  private ImagePull pull;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
    builder = team.issue("spiffe://team/builder");
  }

  @BeforeEach
  void makeImage() {
    files.put("kernel", "kernel".getBytes(UTF_8));
    files.put("initramfs", "initramfs".getBytes(UTF_8));
    files.put("root.erofs", ROOT);
    byte[] manifest = manifest();
    digest = Digest.of(manifest);
    files.put("manifest.json", manifest);
    files.put("attestation.json", attestation(digest, builder));
    images = new ImageStore(directory.resolve("images"));
    pull = pull(AccessRules.open(), team.validator());
  }

  @AfterEach
  void nothingHalfDoneIsLeft() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
    assertThat(directory.resolve("images/.incoming")).isEmptyDirectory();
  }

  @Test
  void takesItFromAPeerThatServesIt() throws Exception {
    Path served = Files.createDirectories(directory.resolve("served").resolve(digest.hex()));
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(served.resolve(file.getKey()), file.getValue());
    }
    Files.delete(served.resolve("attestation.json"));
    ImageStore others = new ImageStore(directory.resolve("served"));
    PeerServer server =
        PeerServer.start(
            team.peer("spiffe://team/laptop"),
            AccessRules::open,
            HeldFiles.of(new CheckedImages(others)),
            Https.LOOPBACK,
            ServerLimits.PEER);
    open.add(server);
    Holder laptop = holder("laptop", server.address());
    assertThatThrownBy(() -> pull.pull(digest, Origin.PULLED, List.of(laptop)))
        .hasMessageContaining("asked spiffe://team/laptop");
    others.resolve(digest);
    Attestation attestation = Attestation.of(files.get("attestation.json"));
    others.provenance().keep(digest, attestation);

    pull.pull(digest, Origin.PULLED, List.of(laptop));

    assertThat(images.resolve(digest).root()).hasBinaryContent(ROOT);
    assertThat(images.checked()).containsExactly(digest);
    assertThat(images.checkedFile(digest, "attestation.json").orElseThrow())
        .hasBinaryContent(attestation.bytes());
    assertThat(said)
        .contains("spiffe://team/builder vouches for the guest image " + digest)
        .contains("pulling the guest image " + digest + " (0 MiB) from spiffe://team/laptop");
  }

  @Test
  void goesOnAtTheNextHolderWhereATransferBroke() throws Exception {
    List<String> asked = new CopyOnWriteArrayList<>();
    Holder breaking = holder("breaking", (call, file) -> breakOff(call, files.get(file)));
    Holder whole = noting("whole", asked);

    pull.pull(digest, Origin.PULLED, List.of(breaking, whole));

    assertThat(images.resolve(digest).root()).hasBinaryContent(ROOT);
    assertThat(asked).containsExactly("root.erofs bytes=150000-");
    assertThat(said)
        .anyMatch(line -> line.startsWith("no more of the image comes from the holder spiffe://"))
        .contains("going on with spiffe://team/whole");
  }

  @Test
  void asksAHolderThatBreaksOffOnceMore() throws Exception {
    List<String> asked = new CopyOnWriteArrayList<>();
    Holder holder =
        holder(
            "breaking",
            (call, file) -> {
              asked.add(file);
              if (asked.stream().filter("root.erofs"::equals).count() == 1) {
                breakOff(call, files.get(file));
              } else {
                answer(call, files.get(file));
              }
            });

    pull.pull(digest, Origin.PULLED, List.of(holder));

    assertThat(asked)
        .containsExactly(
            "attestation.json", "manifest.json", "kernel", "initramfs", "root.erofs", "root.erofs");
  }

  @Test
  void namesAHolderWhoseBytesAreWrongAndAsksTheNext() throws Exception {
    Holder liar = holder("liar", (call, file) -> answer(call, changed(file)));

    pull.pull(digest, Origin.PULLED, List.of(liar, whole()));

    assertThat(images.resolve(digest).root()).hasBinaryContent(ROOT);
    assertThat(said)
        .anyMatch(line -> line.startsWith("the image of spiffe://team/liar is refused: "))
        .noneMatch(line -> line.contains("spiffe://team/whole is refused"));
  }

  @Test
  void namesAHolderWhoseManifestIsAnother() throws Exception {
    Holder liar =
        holder(
            "liar",
            (call, file) ->
                answer(
                    call, file.equals("manifest.json") ? "{}".getBytes(UTF_8) : files.get(file)));

    assertThatThrownBy(() -> pull.pull(digest, Origin.PULLED, List.of(liar)))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining(digest + " is not on this machine")
        .hasMessageContaining("asked spiffe://team/liar");
    assertThat(said)
        .containsExactly(
            "spiffe://team/builder vouches for the guest image " + digest,
            "the image of spiffe://team/liar is refused: spiffe://team/liar: manifest.json is not"
                + " the one that the guest image "
                + digest
                + " has");
    assertThat(images.list()).isEmpty();
  }

  @Test
  void namesAHolderThatGivesMoreOrFewerBytes() {
    Holder more = holder("more", (call, file) -> answer(call, resized(file, 1)));
    Holder fewer = holder("fewer", (call, file) -> answer(call, resized(file, -1)));

    assertThatThrownBy(() -> pull.pull(digest, Origin.PULLED, List.of(more, fewer)))
        .isInstanceOf(ImageException.class);
    assertThat(said)
        .contains(
            "the image of spiffe://team/more is refused: spiffe://team/more gave more bytes than"
                + " root.erofs of the image has",
            "the image of spiffe://team/fewer is refused: spiffe://team/fewer gave fewer bytes"
                + " than root.erofs of the image has");
  }

  /** Half of the file is the liar's, half the other's: only the whole file shows who lies. */
  @Test
  void doesNotBlameTheOneWhoWentOnWithALie() throws Exception {
    Holder liar = holder("liar", (call, file) -> breakOff(call, changed(file)));

    pull.pull(digest, Origin.PULLED, List.of(liar, whole()));

    assertThat(images.resolve(digest).root()).hasBinaryContent(ROOT);
    assertThat(said)
        .anyMatch(
            line ->
                line.startsWith("what spiffe://team/liar, spiffe://team/whole gave together is"))
        .noneMatch(line -> line.startsWith("the image of spiffe://team/whole is refused"));
  }

  @Test
  void takesAllOfTheFileFromAHolderThatKnowsNoRanges() throws Exception {
    Holder breaking = holder("breaking", (call, file) -> breakOff(call, files.get(file)));
    Holder plain =
        holder("plain", (call, file) -> call.answer(200, MediaTypes.BYTES, files.get(file)));

    pull.pull(digest, Origin.PULLED, List.of(breaking, plain));

    assertThat(images.resolve(digest).root()).hasBinaryContent(ROOT);
  }

  @Test
  void takesFramesFromAHolderThatCompresses() throws Exception {
    List<String> asked = new CopyOnWriteArrayList<>();
    Holder holder =
        compressing(
            "holder",
            (call, file) -> {
              asked.add(file);
              return frames(files.get(file));
            });

    pull.pull(digest, Origin.PULLED, List.of(holder));

    assertThat(images.resolve(digest).root()).hasBinaryContent(ROOT);
    assertThat(asked).containsExactly("kernel", "initramfs", "root.erofs");
  }

  @Test
  void goesOnAtAnOlderHolderWhereFramesBrokeOff() throws Exception {
    List<String> asked = new CopyOnWriteArrayList<>();
    Holder breaking =
        holder(
            "breaking",
            (call, file) -> {
              if (file.equals("root.erofs")) {
                breakOffFrames(call, frames(ROOT));
              } else {
                answer(call, files.get(file));
              }
            });
    Holder older = noting("older", asked);

    pull.pull(digest, Origin.PULLED, List.of(breaking, older));

    assertThat(images.resolve(digest).root()).hasBinaryContent(ROOT);
    assertThat(asked).singleElement().asString().matches("root\\.erofs bytes=[1-9]\\d+-");
    assertThat(said)
        .anyMatch(line -> line.startsWith("no more of the image comes from the holder spiffe://"))
        .contains("going on with spiffe://team/older");
  }

  @Test
  void namesAHolderWhoseFramesHoldOtherBytes() throws Exception {
    Holder liar = compressing("liar", (_, file) -> frames(changed(file)));

    assertLies(liar, "root.erofs is not the one that the guest image " + digest + " has");
  }

  @Test
  void namesAHolderWhoseFramesHoldFewerBytes() throws Exception {
    Holder liar = compressing("liar", (_, file) -> frames(resized(file, -1)));

    assertLies(liar, "spiffe://team/liar gave fewer bytes than root.erofs of the image has");
  }

  @Test
  void namesAHolderWhoseFramesAreNone() throws Exception {
    Holder liar = compressing("liar", (_, file) -> ROOT);

    assertLies(liar, "spiffe://team/liar gave kernel of the image in frames that cannot be read");
  }

  /** The answer is whole, and the last frame is not. */
  @Test
  void namesAHolderWhoseLastFrameIsCutOff() throws Exception {
    Holder liar =
        compressing(
            "liar",
            (_, file) -> {
              byte[] frames = frames(files.get(file));
              return file.equals("root.erofs") ? Arrays.copyOf(frames, frames.length - 9) : frames;
            });

    assertLies(
        liar, "spiffe://team/liar gave root.erofs of the image in frames that cannot be read");
  }

  @Test
  void namesAHolderThatGivesFramesWithoutEnd() throws Exception {
    int length = 1 << 16;
    byte[] skipped =
        ByteBuffer.allocate(8 + length)
            .order(LITTLE_ENDIAN)
            .putInt(0x184D2A50)
            .putInt(length)
            .array();
    Holder liar =
        holder(
            "liar",
            (call, file) -> {
              if (file.equals("root.erofs")) {
                call.set("Content-Encoding", "zstd");
                call.answer(
                    200,
                    MediaTypes.BYTES,
                    sink -> {
                      while (true) {
                        sink.write(ByteBuffer.wrap(skipped));
                      }
                    });
              } else {
                answer(call, files.get(file));
              }
            });

    assertLies(liar, "in frames that cannot be read: there are too many of them");
  }

  /** A few bytes that become four gibibytes: no more of them is written than the file has. */
  @Test
  void writesNoMoreThanTheFileHas() throws Exception {
    byte[] zeros = frames(new byte[1 << 20]);
    byte[] bomb = new byte[4096 * zeros.length];
    for (int i = 0; i < bomb.length; i += zeros.length) {
      System.arraycopy(zeros, 0, bomb, i, zeros.length);
    }
    Holder liar =
        compressing(
            "liar", (_, file) -> file.equals("root.erofs") ? bomb : frames(files.get(file)));
    AtomicLong written = new AtomicLong();
    Path target = directory.resolve("target");
    ImageFetch fetch = fetch();

    assertThatThrownBy(
            () -> fetch.file(liar, digest, "root.erofs", ROOT.length, target, written::addAndGet))
        .isInstanceOf(FetchException.class)
        .hasMessage("spiffe://team/liar gave more bytes than root.erofs of the image has");

    assertThat(bomb.length).isLessThan(ROOT.length);
    assertThat(written).hasValue(ROOT.length);
    assertThat(target).hasSize(ROOT.length);
    assertLies(liar, "gave more bytes than root.erofs of the image has");
  }

  @Test
  void refusesAnImageThatNobodyVouchesForAndSaysWhatToDo() throws Exception {
    List<String> asked = new CopyOnWriteArrayList<>();
    Holder old =
        holder(
            "old",
            (call, file) -> {
              asked.add(file);
              if (file.equals("attestation.json")) {
                throw new ProblemException(
                    Problem.Kind.NO_SUCH_IMAGE, "this peer does not hold " + file);
              }
              answer(call, files.get(file));
            });

    assertThatThrownBy(() -> pull.pull(digest, Origin.PULLED, List.of(old)))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("no holder shows an attestation of it that counts")
        .hasMessageContaining("asked spiffe://team/old")
        .extracting(e -> ((ImageException) e).hint())
        .asString()
        .contains("`peer image sign " + digest + "`", "PEER_ALLOW_IMAGE", "0.6");

    assertThat(asked).containsExactly("attestation.json");
    assertThat(images.list()).isEmpty();
    assertThat(said)
        .containsExactly(
            "the holder spiffe://team/old does not give the image: spiffe://team/old: this peer"
                + " does not hold attestation.json");
  }

  @Test
  void takesAnImageFromTheNextHolderWhereTheFirstShowsNobodyWhoVouchesForIt() throws Exception {
    Holder mallory =
        showing("mallory", attestation(digest, new TestAuthority("strangers").issue("urn:x")));

    pull.pull(digest, Origin.PULLED, List.of(mallory, whole()));

    assertThat(images.resolve(digest).root()).hasBinaryContent(ROOT);
    assertThat(said)
        .anyMatch(
            line ->
                line.startsWith(
                    "the image of spiffe://team/mallory is refused: spiffe://team/mallory: the"
                        + " signer is not trusted"));
  }

  @Test
  void refusesAnImageWhoseSignerNoRuleAdmits() throws Exception {
    AccessRules rules =
        new AccessRules(
            AccessRule.anyone(), AccessRule.anyone(), AccessRule.parse("uri:spiffe://team/ci"));

    assertRefused(
        pull(rules, team.validator()),
        showing("member", files.get("attestation.json")),
        "spiffe://team/builder may not vouch for guest images (the rule: uri:spiffe://team/ci)");
  }

  @Test
  void refusesAnImageWhoseSignerWasRevoked() throws Exception {
    assertRefused(
        pull(AccessRules.open(), team.validator(builder)),
        showing("member", files.get("attestation.json")),
        "the signer is not trusted");
  }

  @Test
  void refusesTheAttestationOfAnotherImage() throws Exception {
    Digest other = Digest.of(new byte[0]);

    assertRefused(
        pull, showing("member", attestation(other, builder)), "it vouches for the image " + other);
  }

  @Test
  void anImageThatARunPulledIsNotTheNewestUntilItIsAskedFor() throws Exception {
    pull.pull(digest, Origin.PINNED, List.of(whole()));

    assertThat(images.list()).hasSize(1);
    assertThat(images.newest()).isEmpty();
    pull.pull(digest, Origin.PULLED, List.of(whole()));
    assertThat(images.newest()).contains(digest);
  }

  /** What a rule has admitted, a later rule or list may take back. */
  @Test
  void anImageOfAPeerCountsOnlyWhileSomebodyVouchesForIt() throws Exception {
    pull.pull(digest, Origin.PINNED, List.of(whole()));
    ImageTrust now = trust(team.validator());
    ImageTrust revoked = trust(team.validator(builder));

    now.require(digest);
    assertThat(now.of(digest)).hasToString("spiffe://team/builder vouches for it");
    assertThatThrownBy(() -> revoked.require(digest))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("came from a peer, and does not count now: its attestation does not")
        .hasMessageContaining("the signer is not trusted");
    images.provenance().add(digest, Origin.BUILT);
    revoked.require(digest);
  }

  @Test
  void replacesADamagedImage() throws Exception {
    pull.pull(digest, Origin.PULLED, List.of(whole()));
    GuestImage image = images.resolve(digest);
    Files.writeString(image.kernel(), "other!");

    pull.pull(digest, Origin.PULLED, List.of(whole()));

    assertThat(images.resolve(digest).kernel()).hasContent("kernel");
  }

  @Test
  void saysWhoAnswersAtAnAddress() throws Exception {
    Holder whole = whole();
    TlsIdentity ci = team.peer("spiffe://team/ci");

    assertThat(NamedAddress.ask(ci, whole.addresses().getFirst(), Timeouts.DEFAULT))
        .isEqualTo(whole);
    TestAuthority strangers = new TestAuthority("strangers");
    assertThatThrownBy(
            () ->
                NamedAddress.ask(
                    strangers.peer("spiffe://strangers/ci"),
                    whole.addresses().getFirst(),
                    Timeouts.DEFAULT))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining("not trusted");
    assertThat(images.root().resolve(".incoming")).doesNotExist();
    Files.createDirectories(images.root().resolve(".incoming"));
  }

  private void assertRefused(ImagePull refusing, Holder member, String why) throws Exception {
    assertThatThrownBy(() -> refusing.pull(digest, Origin.PINNED, List.of(member)))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("no holder shows an attestation of it that counts")
        .hasMessageContaining("asked spiffe://team/member");
    assertThat(said)
        .singleElement()
        .asString()
        .startsWith("the image of spiffe://team/member is refused: spiffe://team/member: ")
        .contains(why);
    assertThat(images.list()).isEmpty();
  }

  /** It is named, and what it gave is not in the image that the next one gives. */
  private void assertLies(Holder liar, String why) throws Exception {
    assertThatThrownBy(() -> pull.pull(digest, Origin.PULLED, List.of(liar)))
        .isInstanceOf(ImageException.class);
    assertThat(images.list()).isEmpty();
    said.clear();

    pull.pull(digest, Origin.PULLED, List.of(liar, whole()));

    assertThat(images.resolve(digest).root()).hasBinaryContent(ROOT);
    assertThat(said)
        .filteredOn(line -> line.contains("is refused"))
        .singleElement()
        .asString()
        .startsWith("the image of " + liar.id() + " is refused: ")
        .contains(why);
  }

  private ImagePull pull(AccessRules rules, CertificateValidator validator) {
    return new ImagePull(
        images, fetch(), new ImageVerifier(validator, rules, InstantSource.system()), said::add);
  }

  private ImageFetch fetch() {
    ImageFetch fetch = new ImageFetch(team.peer("spiffe://team/ci"), Timeouts.DEFAULT);
    open.add(fetch);
    return fetch;
  }

  private ImageTrust trust(CertificateValidator validator) {
    return new ImageTrust(
        images,
        Optional.of(new ImageVerifier(validator, AccessRules.open(), InstantSource.system())));
  }

  private static byte[] attestation(Digest image, Credentials signer) {
    return new ImageSigner(signer, InstantSource.system()).sign(image).bytes();
  }

  /** A holder of the whole image, with this attestation. */
  private Holder showing(String name, byte[] attestation) {
    return holder(
        name,
        (call, file) ->
            answer(call, file.equals("attestation.json") ? attestation : files.get(file)));
  }

  private interface Answer {

    void answer(HttpCall call, String file) throws ProblemException, IOException;
  }

  /** A member of the team that answers as it likes for the last part of each path. */
  private Holder holder(String name, Answer answer) {
    TlsIdentity identity = team.peer("spiffe://team/" + name);
    try {
      HttpsServer server =
          HttpsServer.start(
              new TlsListener(identity),
              Https.LOOPBACK,
              ServerLimits.PEER,
              call -> answer.answer(call, call.path().replaceAll(".*/", "")));
      open.add(server);
      return holder(name, server.address());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Holder whole() {
    return holder("whole", (call, file) -> answer(call, files.getOrDefault(file, new byte[0])));
  }

  /** A holder of the whole image that compresses nothing, and notes what it is asked for. */
  private Holder noting(String name, List<String> asked) {
    return holder(
        name,
        (call, file) -> {
          asked.add(file + call.header("Range").map(range -> " " + range).orElse(""));
          answer(call, files.get(file));
        });
  }

  private static Holder holder(String name, InetSocketAddress address) {
    return new Holder(team.peer("spiffe://team/" + name).id(), List.of(PeerAddress.of(address)));
  }

  private static void answer(HttpCall call, byte[] content) throws IOException {
    if (ByteRange.parse(call.header("Range").orElse(null), content.length)
        instanceof ByteRange.Selection.Part(ByteRange part)) {
      call.set("Content-Range", part.contentRange(content.length));
      call.answer(
          206, MediaTypes.BYTES, Arrays.copyOfRange(content, (int) part.first(), content.length));
    } else {
      call.answer(200, MediaTypes.BYTES, content);
    }
  }

  private interface Frames {

    byte[] of(HttpCall call, String file) throws IOException;
  }

  /** A member that compresses what the rest of the image is, for who asks for that. */
  private Holder compressing(String name, Frames frames) {
    return holder(
        name,
        (call, file) -> {
          if (call.header("Accept-Encoding").filter("zstd"::equals).isEmpty()) {
            answer(call, files.get(file));
            return;
          }
          call.set("Content-Encoding", "zstd");
          call.answer(200, MediaTypes.BYTES, frames.of(call, file));
        });
  }

  private static byte[] frames(byte[] content) throws IOException {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    try (OutputStream out = new FrameStream(frames)) {
      out.write(content);
    }
    return frames.toByteArray();
  }

  private static void breakOffFrames(HttpCall call, byte[] frames) throws IOException {
    call.set("Content-Encoding", "zstd");
    call.answer(
        200,
        MediaTypes.BYTES,
        sink -> {
          sink.write(ByteBuffer.wrap(frames, 0, frames.length / 2));
          throw new EOFException("the holder is gone");
        });
  }

  /** Of what is large only half comes. */
  private void breakOff(HttpCall call, byte[] content) throws IOException {
    if (content.length < ROOT.length) {
      answer(call, content);
      return;
    }
    Path half = Files.createTempFile(directory, "half", "");
    Files.write(half, Arrays.copyOf(content, content.length / 2));
    try (FileChannel channel = FileChannel.open(half)) {
      call.answer(200, MediaTypes.BYTES, channel, 0, content.length);
    }
  }

  private byte[] changed(String file) {
    byte[] content = files.get(file).clone();
    if (file.equals("root.erofs")) {
      content[7] ^= 1;
    }
    return content;
  }

  private byte[] resized(String file, int by) {
    byte[] content = files.get(file);
    return file.equals("root.erofs") ? Arrays.copyOf(content, content.length + by) : content;
  }

  private byte[] manifest() {
    ObjectNode manifest = JsonTree.object();
    manifest.put("format", 2);
    manifest.put("architecture", "x86_64");
    manifest.put("protocol", 4);
    manifest.put("mk", "9base 1");
    manifest.put("agent", "4");
    manifest.put("kernelArguments", "quiet");
    ObjectNode entries = manifest.putObject("files");
    files.forEach(
        (name, content) ->
            entries
                .putObject(name)
                .put("sha256", Digest.of(content).hex())
                .put("size", content.length));
    return JsonTree.bytes(manifest);
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(1).nextBytes(bytes);
    return bytes;
  }
}
