package dev.peer.network;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.client.fetch.HolderFetch;
import dev.peer.core.access.AccessRules;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.record.Content;
import dev.peer.http.HttpCall;
import dev.peer.http.ProblemException;
import dev.peer.http.Service;
import dev.peer.lfs.KeptObjects;
import dev.peer.server.HeldFiles;
import dev.peer.server.HeldImages;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.LargeFilesKey;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.Problem;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files of Git LFS from holders that have them, have not, or lie, over real sockets. */
@Timeout(300)
class LargeFileSourceTest {

  private static final RepoId REPO = new RepoId("example.org/team/project");
  private static final byte[] ONE = "content one".getBytes(UTF_8);
  private static final byte[] TWO = "content two".getBytes(UTF_8);

  private static TestAuthority team;

  @TempDir private Path directory;
  private final List<String> said = new CopyOnWriteArrayList<>();
  private TestNetwork network;
  private KeptObjects kept;
  private HolderFetch fetch;
  private LargeFileSource source;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
  }

  @BeforeEach
  void start() throws Exception {
    network = new TestNetwork(team);
    TlsIdentity ci = team.peer("spiffe://team/ci");
    kept = new KeptObjects(directory.resolve("ci"));
    fetch = network.fetch(ci);
    source = new LargeFileSource(kept, Optional.of(network.lookup(ci)), fetch, said::add);
  }

  @AfterEach
  void nothingHalfDoneIsLeft() throws Exception {
    network.close();
    if (Files.exists(directory.resolve("ci"))) {
      assertThat(directory.resolve("ci/staging")).isEmptyDirectory();
    }
  }

  @Test
  void getsThemFromAPeerThatUsedThemForTheSameRepository() throws Exception {
    KeptObjects others = new KeptObjects(directory.resolve("laptop"));
    keep(others, REPO, ONE);
    keep(others, new RepoId("example.org/secret"), TWO);
    announce(
        "laptop",
        network.serve(
            "laptop",
            AccessRules::open,
            new HeldFiles(HeldImages.NONE, new KeptLargeFiles(others))));

    String why = source.pull(REPO, List.of(content(ONE), content(TWO)));

    assertThat(kept.of(REPO).file(content(ONE).digest())).hasBinaryContent(ONE);
    assertThat(kept.of(REPO).has(content(TWO))).isFalse();
    assertThat(why).isEqualTo("no holder gives it; asked spiffe://team/laptop");
    assertThat(said)
        .anyMatch(line -> line.startsWith("the holder spiffe://team/laptop does not give a file"));
  }

  @Test
  void givesUpAHolderThatLiesAndAsksTheNext() throws Exception {
    holder("whole", call -> answer(call, wanted(call)));
    List<String> asked = new CopyOnWriteArrayList<>();
    holder(
        "liar",
        call -> {
          asked.add(call.path());
          byte[] other = wanted(call).clone();
          other[0]++;
          answer(call, other);
        });
    holder("more", call -> answer(call, Arrays.copyOf(wanted(call), ONE.length + 1)));
    holder("endless", LargeFileSourceTest::answerWithoutEnd);
    holder("fewer", call -> answer(call, Arrays.copyOf(wanted(call), ONE.length - 1)));

    source.pull(REPO, List.of(content(ONE), content(TWO)));

    assertThat(kept.of(REPO).file(content(ONE).digest())).hasBinaryContent(ONE);
    assertThat(kept.of(REPO).file(content(TWO).digest())).hasBinaryContent(TWO);
    assertThat(asked).hasSize(1);
    assertThat(said)
        .filteredOn(line -> line.startsWith("no more files of Git LFS come from "))
        .hasSize(4)
        .anyMatch(line -> line.contains("liar gave other bytes than " + content(ONE).digest()))
        .anyMatch(line -> line.contains("more gave more bytes than the file"))
        .anyMatch(line -> line.contains("fewer gave fewer bytes than the file"));
  }

  @Test
  void goesOnWithAHolderThatLacksOneFile() throws Exception {
    holder(
        "half",
        call -> {
          if (call.path().endsWith(content(ONE).digest().hex())) {
            throw new ProblemException(Problem.Kind.NO_SUCH_FILE, "it is not here");
          }
          answer(call, wanted(call));
        });

    source.pull(REPO, List.of(content(ONE), content(TWO)));

    assertThat(kept.of(REPO).has(content(ONE))).isFalse();
    assertThat(kept.of(REPO).has(content(TWO))).isTrue();
  }

  @Test
  void saysWhyNobodyWasAsked() throws Exception {
    assertThat(source.pull(REPO, List.of(content(ONE))))
        .isEqualTo("no peer that the rendezvous knows has files of Git LFS of " + REPO);
    assertThat(
            new LargeFileSource(kept, Optional.empty(), fetch, said::add)
                .pull(REPO, List.of(content(ONE))))
        .contains("PEER_RENDEZVOUS is not set");
    assertThat(kept.root()).doesNotExist();
  }

  /** A member of the team that answers as it likes; the last one is asked first. */
  private void holder(String name, Service service) throws Exception {
    announce(name, network.answer(name, service));
  }

  private void announce(String name, InetSocketAddress address) throws Exception {
    network.announce(name, address, Map.of(REPO, LargeFilesKey.of(REPO)));
  }

  private static byte[] wanted(HttpCall call) {
    return call.path().endsWith(content(ONE).digest().hex()) ? ONE : TWO;
  }

  private static void answer(HttpCall call, byte[] content) throws IOException {
    call.answer(200, MediaTypes.BYTES, content);
  }

  private static void answerWithoutEnd(HttpCall call) throws IOException {
    call.answer(
        200,
        MediaTypes.BYTES,
        sink -> {
          while (true) {
            sink.write(ByteBuffer.wrap(ONE));
          }
        });
  }

  private static void keep(KeptObjects objects, RepoId repo, byte[] bytes) throws IOException {
    try (KeptObjects.NewObject added = objects.take(repo, content(bytes));
        OutputStream out = Files.newOutputStream(added.file())) {
      out.write(bytes);
      added.keep();
    }
  }

  private static Content content(byte[] bytes) {
    return new Content(bytes.length, Digest.of(bytes));
  }
}
