package dev.peer.network;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.record.Content;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.Preparation;
import dev.peer.core.record.PreparationNetwork;
import dev.peer.core.record.PreparedRuntime;
import dev.peer.core.record.SharedCaches;
import dev.peer.core.record.StartedFrom;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.RuntimeSigner;
import dev.peer.core.sign.RuntimeVerifier;
import dev.peer.core.trust.Credentials;
import dev.peer.http.HttpCall;
import dev.peer.http.Service;
import dev.peer.network.RuntimeSource.Offer;
import dev.peer.server.HeldFiles;
import dev.peer.server.HeldImages;
import dev.peer.server.HeldLargeFiles;
import dev.peer.server.HeldRuntimes;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsIdentity;
import dev.peer.vm.snapshot.ServedRuntimes;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.RuntimeList;
import dev.peer.wire.RuntimesKey;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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

/** Prepared runtimes from holders that have them, or lie, over real sockets. */
@Timeout(300)
class RuntimeSourceTest {

  private static final RepoId REPO = new RepoId("example.org/team/project");
  private static final Digest IMAGE = Digest.of("image".getBytes(UTF_8));
  private static final PreparedRuntime.Disk DISK = new PreparedRuntime.Disk(REPO, IMAGE, 1 << 30);
  private static final byte[] CONTENT = "what was prepared\n".repeat(5_000).getBytes(UTF_8);

  private static TestAuthority team;
  private static Credentials maker;

  @TempDir private Path directory;
  private final List<String> said = new CopyOnWriteArrayList<>();
  private TestNetwork network;
  private AccessRules rules = AccessRules.open();
  private RuntimeSource source;

  @BeforeAll
  static void issue() throws Exception {
    team = new TestAuthority("team");
    maker = team.issue("spiffe://team/maker");
  }

  @BeforeEach
  void start() throws Exception {
    network = new TestNetwork(team);
    TlsIdentity ci = team.peer("spiffe://team/ci");
    source =
        new RuntimeSource(
            Optional.of(network.lookup(ci)),
            network.fetch(ci),
            new LocalRuntimes(new ServedRuntimes(directory.resolve("disks")), AccessRules::open),
            () -> new RuntimeVerifier(team.validator(), rules, InstantSource.system()),
            said::add);
  }

  @AfterEach
  void close() throws Exception {
    network.close();
  }

  @Test
  void getsWhatAnotherPeerServes() throws Exception {
    Path content = Files.write(directory.resolve("served"), CONTENT);
    serve("laptop", AccessRules.open(), held(content));

    Offer offer = onlyOffer();

    assertThat(offer.verified().runtime()).isEqualTo(runtime(DISK, CONTENT));
    assertThat(offer.verified().maker().id().text()).isEqualTo("spiffe://team/maker");
    assertThat(fetched(offer)).isTrue();
    assertThat(file()).hasBinaryContent(CONTENT);
  }

  @Test
  void getsNothingFromAPeerWhoseRulesDoNotAdmitIt() throws Exception {
    Path content = Files.write(directory.resolve("served"), CONTENT);
    AccessRule nobody = AccessRule.parse("");
    serve("laptop", new AccessRules(nobody, nobody, nobody), held(content));

    assertThat(source.supply(DISK).offers()).isEmpty();
    assertThat(said).anyMatch(line -> line.startsWith("no runtime comes from the holder "));
  }

  @Test
  void isSilentWhereNobodyServesAny() throws Exception {
    assertThat(source.supply(DISK).offers()).isEmpty();
    assertThat(said).isEmpty();
  }

  @Test
  void refusesAMakerWhomNoRuleAdmits() throws Exception {
    holder("laptop", sign(DISK), CONTENT);
    rules =
        new AccessRules(
            AccessRule.anyone(), AccessRule.anyone(), AccessRule.parse("uri:spiffe://team/ci"));

    assertThat(source.supply(DISK).offers()).isEmpty();
    assertThat(said)
        .singleElement()
        .asString()
        .startsWith("a runtime of the holder spiffe://team/laptop is refused: spiffe://team/maker")
        .contains("may not prepare runtimes for all targets of " + REPO);
  }

  @Test
  void refusesEvidenceOfAnotherRepositoryOrImage() throws Exception {
    Digest other = Digest.of("another image".getBytes(UTF_8));
    RepoId secret = new RepoId("example.org/another");
    holder("one", sign(new PreparedRuntime.Disk(secret, IMAGE, DISK.bytes())), CONTENT);
    holder("two", sign(new PreparedRuntime.Disk(REPO, other, DISK.bytes())), CONTENT);

    assertThat(source.supply(DISK).offers()).isEmpty();
    assertThat(said)
        .hasSize(2)
        .anyMatch(line -> line.contains("team/one is refused: it is a runtime of " + secret))
        .anyMatch(line -> line.contains("team/two is refused: it was prepared with the guest im"));
  }

  @Test
  void passesOverARuntimeForDisksOfAnotherSize() throws Exception {
    holder("one", sign(new PreparedRuntime.Disk(REPO, IMAGE, 1 << 20)), CONTENT);

    assertThat(source.supply(DISK).offers()).isEmpty();
    assertThat(said).isEmpty();
  }

  @Test
  void namesAHolderWhoseListIsNone() throws Exception {
    holder("liar", call -> call.answer(200, MediaTypes.JSON, "{\"runtimes\":[1]}".getBytes(UTF_8)));
    holder(
        "forger",
        call ->
            call.answer(
                200,
                MediaTypes.JSON,
                new RuntimeList(List.of(Attestation.of("{}".getBytes(UTF_8)))).json()));
    holder("honest", sign(DISK), CONTENT);

    assertThat(onlyOffer().holders())
        .extracting(holder -> holder.id().text())
        .containsExactly("spiffe://team/honest");
    assertThat(said)
        .anyMatch(line -> line.contains("the holder spiffe://team/liar: the list of runtimes"))
        .anyMatch(line -> line.contains("the holder spiffe://team/forger is refused"));
  }

  @Test
  void namesAHolderOfOtherBytesAndAsksTheNext() throws Exception {
    byte[] changed = CONTENT.clone();
    changed[CONTENT.length / 2] ^= 1;
    holder("honest", sign(DISK), CONTENT);
    holder("liar", sign(DISK), changed);
    holder("more", sign(DISK), Arrays.copyOf(CONTENT, CONTENT.length + 1));
    holder("fewer", sign(DISK), Arrays.copyOf(CONTENT, CONTENT.length - 1));

    Offer offer = onlyOffer();

    assertThat(offer.holders()).hasSize(4);
    assertThat(fetched(offer)).isTrue();
    assertThat(file()).hasBinaryContent(CONTENT);
    assertThat(said)
        .anyMatch(line -> line.startsWith("the runtime of spiffe://team/liar is refused: its byte"))
        .anyMatch(line -> line.contains("team/more gave more bytes than the runtime"))
        .anyMatch(line -> line.contains("team/fewer gave fewer bytes than the runtime"));
  }

  @Test
  void givesNothingWhereAllHoldersLie() throws Exception {
    byte[] swapped = CONTENT.clone();
    System.arraycopy(CONTENT, 0, swapped, 1, CONTENT.length - 1);
    holder("liar", sign(DISK), swapped);

    assertThat(fetched(onlyOffer())).isFalse();
    assertThat(file()).doesNotExist();
  }

  /** It gives all of the bytes, also where the rest was asked for: nobody else is to blame. */
  @Test
  void blamesAHolderThatBeginsAgainForAllBytes() throws Exception {
    byte[] changed = CONTENT.clone();
    changed[0] ^= 1;
    holder("liar", sign(DISK), changed);
    breakingHolder();

    assertThat(fetched(onlyOffer())).isFalse();
    assertThat(said)
        .filteredOn(line -> line.contains("is refused: its bytes"))
        .containsExactly(
            "the runtime of spiffe://team/liar is refused: its bytes are not those that were"
                + " signed");
  }

  @Test
  void goesOnWhereAHolderBrokeOff() throws Exception {
    List<String> ranges = new CopyOnWriteArrayList<>();
    holder(
        "honest",
        call -> {
          if (isList(call)) {
            list(call, sign(DISK));
            return;
          }
          ranges.add(call.header("Range").orElse(""));
          call.answer(200, MediaTypes.BYTES, CONTENT);
        });
    breakingHolder();

    assertThat(fetched(onlyOffer())).isTrue();
    assertThat(file()).hasBinaryContent(CONTENT);
    assertThat(ranges).isNotEmpty();
  }

  private Offer onlyOffer() throws Exception {
    List<Offer> offers = source.supply(DISK).offers();
    assertThat(offers).as("%s", said).hasSize(1);
    return offers.getFirst();
  }

  private boolean fetched(Offer offer) throws Exception {
    return source.fetch(offer, file());
  }

  private Path file() {
    return directory.resolve("fetched");
  }

  private static PreparedRuntime runtime(PreparedRuntime.Disk disk, byte[] content) {
    return new PreparedRuntime(
        new Content(content.length, Digest.of(content)),
        disk,
        new StartedFrom(KeptOrigin.TRUNK, List.of(new CommitId("1".repeat(40)))),
        Instant.parse("2026-01-01T00:00:00Z"),
        new Preparation(PreparationNetwork.none(), Digest.of(new byte[0]), Duration.ofMinutes(4)),
        SharedCaches.NONE);
  }

  private static Attestation sign(PreparedRuntime.Disk disk) {
    return new RuntimeSigner(maker, InstantSource.system()).sign(runtime(disk, CONTENT));
  }

  /** A member of the team that shows an attestation and gives some bytes as its content. */
  private void holder(String name, Attestation attestation, byte[] content) throws Exception {
    holder(
        name,
        call -> {
          if (isList(call)) {
            list(call, attestation);
          } else {
            call.answer(200, MediaTypes.BYTES, content);
          }
        });
  }

  private static boolean isList(HttpCall call) {
    return call.path().endsWith(IMAGE.hex());
  }

  private static void list(HttpCall call, Attestation attestation) throws IOException {
    call.answer(200, MediaTypes.JSON, new RuntimeList(List.of(attestation)).json());
  }

  /** A member of the team that answers as it likes; the last one is asked first. */
  private void holder(String name, Service service) throws Exception {
    announce(name, network.answer(name, service));
  }

  /** One that gives the first bytes, and breaks off. */
  private void breakingHolder() throws Exception {
    holder(
        "breaking",
        call -> {
          if (isList(call)) {
            list(call, sign(DISK));
            return;
          }
          call.answer(
              200,
              MediaTypes.BYTES,
              sink -> {
                sink.write(ByteBuffer.wrap(CONTENT, 0, 1000));
                throw new IOException("the cable is cut");
              });
        });
  }

  private void serve(String name, AccessRules who, HeldRuntimes runtimes) throws Exception {
    announce(
        name,
        network.serve(
            name, () -> who, new HeldFiles(HeldImages.NONE, HeldLargeFiles.NONE, runtimes)));
  }

  private static HeldRuntimes held(Path content) {
    HeldRuntimes.Name held = new HeldRuntimes.Name(REPO, IMAGE);
    return new HeldRuntimes() {
      @Override
      public List<Name> names() {
        return List.of(held);
      }

      @Override
      public List<Attestation> attestations(Name name) {
        return name.equals(held) ? List.of(sign(DISK)) : List.of();
      }

      @Override
      public Optional<Claim> hold(Name name, Digest digest) {
        return Optional.of(
                new Claim(
                    content,
                    content.resolveSibling("chunks"),
                    former -> content.resolveSibling("" + former),
                    () -> {}))
            .filter(_ -> name.equals(held) && digest.equals(Digest.of(CONTENT)));
      }
    };
  }

  private void announce(String name, InetSocketAddress address) throws Exception {
    network.announce(name, address, Map.of(REPO, RuntimesKey.of(REPO, IMAGE)));
  }
}
