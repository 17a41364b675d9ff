package dev.peer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.client.ImageFetch;
import dev.peer.client.NamedAddress;
import dev.peer.client.Patience;
import dev.peer.core.flow.FetchException;
import dev.peer.core.flow.Holder;
import dev.peer.core.id.Digest;
import dev.peer.core.record.StrictJson;
import dev.peer.core.trust.AccessRules;
import dev.peer.http.Call;
import dev.peer.http.Https;
import dev.peer.http.HttpsServer;
import dev.peer.http.Refusal;
import dev.peer.http.ServerLimits;
import dev.peer.server.PeerServer;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsIdentity;
import dev.peer.tls.TlsListener;
import dev.peer.vm.image.GuestImage;
import dev.peer.vm.image.ImageException;
import dev.peer.vm.image.ImageStore;
import dev.peer.wire.ByteRange;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.PeerAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An image taken in from holders that are whole, break off or lie, over real sockets. */
@Timeout(60)
class ImagePullTest {

  private static final byte[] ROOT = random(300_000);

  private static TestAuthority team;

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
  }

  @BeforeEach
  void makeImage() {
    files.put("kernel", "kernel".getBytes(UTF_8));
    files.put("initramfs", "initramfs".getBytes(UTF_8));
    files.put("root.erofs", ROOT);
    byte[] manifest = manifest();
    digest = Digest.of(manifest);
    files.put("manifest.json", manifest);
    images = new ImageStore(directory.resolve("images"));
    ImageFetch fetch = new ImageFetch(team.peer("spiffe://team/ci"), Patience.DEFAULT);
    open.add(fetch);
    pull = new ImagePull(images, fetch, said::add);
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
    ImageStore others = new ImageStore(directory.resolve("served"));
    PeerServer server =
        PeerServer.start(
            team.peer("spiffe://team/laptop"),
            AccessRules::open,
            new CheckedImages(others),
            Https.LOOPBACK,
            ServerLimits.PEER);
    open.add(server);
    Holder laptop = holder("laptop", server.address());
    assertThatThrownBy(() -> pull.pull(digest, List.of(laptop)))
        .hasMessageContaining("no holder gives it; asked spiffe://team/laptop");
    others.resolve(digest);

    pull.pull(digest, List.of(laptop));

    assertThat(images.resolve(digest).root()).hasBinaryContent(ROOT);
    assertThat(images.checked()).containsExactly(digest);
    assertThat(said)
        .contains("pulling the guest image " + digest + " (0 MiB) from spiffe://team/laptop");
  }

  @Test
  void goesOnAtTheNextHolderWhereATransferBroke() throws Exception {
    List<String> asked = new CopyOnWriteArrayList<>();
    Holder breaking = holder("breaking", (call, file) -> breakOff(call, files.get(file)));
    Holder whole =
        holder(
            "whole",
            (call, file) -> {
              asked.add(file + call.header("Range").map(range -> " " + range).orElse(""));
              answer(call, files.get(file));
            });

    pull.pull(digest, List.of(breaking, whole));

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

    pull.pull(digest, List.of(holder));

    assertThat(asked)
        .containsExactly("manifest.json", "kernel", "initramfs", "root.erofs", "root.erofs");
  }

  @Test
  void namesAHolderWhoseBytesAreWrongAndAsksTheNext() throws Exception {
    Holder liar = holder("liar", (call, file) -> answer(call, changed(file)));

    pull.pull(digest, List.of(liar, whole()));

    assertThat(images.resolve(digest).root()).hasBinaryContent(ROOT);
    assertThat(said)
        .anyMatch(line -> line.startsWith("the image of spiffe://team/liar is refused: "))
        .noneMatch(line -> line.contains("spiffe://team/whole is refused"));
  }

  @Test
  void namesAHolderWhoseManifestIsAnother() throws Exception {
    Holder liar = holder("liar", (call, file) -> answer(call, "{}".getBytes(UTF_8)));

    assertThatThrownBy(() -> pull.pull(digest, List.of(liar)))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining(digest + " is not on this machine")
        .hasMessageContaining("asked spiffe://team/liar");
    assertThat(said)
        .containsExactly(
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

    assertThatThrownBy(() -> pull.pull(digest, List.of(more, fewer)))
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

    pull.pull(digest, List.of(liar, whole()));

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

    pull.pull(digest, List.of(breaking, plain));

    assertThat(images.resolve(digest).root()).hasBinaryContent(ROOT);
  }

  @Test
  void replacesADamagedImage() throws Exception {
    pull.pull(digest, List.of(whole()));
    GuestImage image = images.resolve(digest);
    Files.writeString(image.kernel(), "other!");

    pull.pull(digest, List.of(whole()));

    assertThat(images.resolve(digest).kernel()).hasContent("kernel");
  }

  @Test
  void saysWhoAnswersAtAnAddress() throws Exception {
    Holder whole = whole();
    TlsIdentity ci = team.peer("spiffe://team/ci");

    assertThat(NamedAddress.ask(ci, whole.addresses().getFirst(), Patience.DEFAULT))
        .isEqualTo(whole);
    TestAuthority strangers = new TestAuthority("strangers");
    assertThatThrownBy(
            () ->
                NamedAddress.ask(
                    strangers.peer("spiffe://strangers/ci"),
                    whole.addresses().getFirst(),
                    Patience.DEFAULT))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining("not trusted");
    assertThat(images.root().resolve(".incoming")).doesNotExist();
    Files.createDirectories(images.root().resolve(".incoming"));
  }

  private interface Answer {

    void answer(Call call, String file) throws Refusal, IOException;
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

  private static Holder holder(String name, InetSocketAddress address) {
    return new Holder(team.peer("spiffe://team/" + name).id(), List.of(PeerAddress.of(address)));
  }

  private static void answer(Call call, byte[] content) throws IOException {
    if (ByteRange.parse(call.header("Range").orElse(null), content.length)
        instanceof ByteRange.Asked.Part(ByteRange part)) {
      call.set("Content-Range", part.contentRange(content.length));
      call.answer(
          206, MediaTypes.BYTES, Arrays.copyOfRange(content, (int) part.first(), content.length));
    } else {
      call.answer(200, MediaTypes.BYTES, content);
    }
  }

  /** Of what is large only half comes. */
  private void breakOff(Call call, byte[] content) throws IOException {
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
    ObjectNode manifest = StrictJson.object();
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
    return StrictJson.bytes(manifest);
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(1).nextBytes(bytes);
    return bytes;
  }
}
