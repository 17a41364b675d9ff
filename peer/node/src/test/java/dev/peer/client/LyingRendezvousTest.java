package dev.peer.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.client.announce.AnnounceAndLookupTest;
import dev.peer.client.fetch.HolderFetch;
import dev.peer.client.rendezvous.RendezvousLookup;
import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.find.Acceptance;
import dev.peer.core.find.FindResult;
import dev.peer.core.find.Finder;
import dev.peer.core.find.Holders;
import dev.peer.core.find.ResultRules;
import dev.peer.core.flow.Attester;
import dev.peer.core.flow.CacheUse;
import dev.peer.core.flow.Coordination;
import dev.peer.core.flow.ExecutionRequest;
import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.flow.Executor;
import dev.peer.core.flow.ExecutorException;
import dev.peer.core.flow.RunFlow;
import dev.peer.core.flow.RunOutcome;
import dev.peer.core.id.Architecture;
import dev.peer.core.id.PeerId;
import dev.peer.core.key.RunInputs;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.progress.RunEvent;
import dev.peer.core.secret.RunSecrets;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.sign.RunSigner;
import dev.peer.core.sign.SignedRuns;
import dev.peer.core.store.Store;
import dev.peer.core.store.StoredRecord;
import dev.peer.core.trust.Credentials;
import dev.peer.http.Https;
import dev.peer.http.ServerLimits;
import dev.peer.server.HeldFiles;
import dev.peer.server.PeerServer;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.HolderList;
import dev.peer.wire.PeerAddress;
import dev.peer.wire.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A rendezvous can hide results and forge none. Here it has a certificate of the team and lies,
 * over real connections: whatever it says, a peer that may run runs, and one that only replays
 * refuses.
 */
@Timeout(300)
class LyingRendezvousTest {

  private static final RunInputs INPUTS = SignedRuns.inputs("test");
  private static final RunInputs OTHER_INPUTS = SignedRuns.inputs("lint");
  private static final PeerId HOLDER = new PeerId("spiffe://team/holder");
  private static final PeerId RENDEZVOUS = new PeerId("spiffe://team/rendezvous");
  private static final String OK = "HTTP/1.1 200 OK\r\nConnection: close";
  private static final String JSON = OK + "\r\nContent-Type: application/json";
  private static TestAuthority team;
  private static Credentials holderCredentials;
  private static Credentials rendezvousCredentials;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final BlockingQueue<String> notices = new LinkedBlockingQueue<>();
  private RecordVerifier verifier =
      new RecordVerifier(
          team.validator(),
          AccessRule.parse("uri:spiffe://team/holder,uri:spiffe://team/laptop"),
          InstantSource.system());
  @TempDir private Path directory;
  private Store store;
  private PeerServer holder;
  private SignedRuns.Result result;
  private SignedRuns.Result otherResult;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
    holderCredentials = team.issue(HOLDER.text());
    rendezvousCredentials = team.issue(RENDEZVOUS.text());
  }

  /** The holder has the result of the run, and that of another. */
  @BeforeEach
  void startHolder() throws Exception {
    store = Store.open(directory.resolve("store"), 1);
    holder = startServer(holderCredentials);
    result = SignedRuns.make(INPUTS, "held", holderCredentials, directory.resolve("result"));
    otherResult =
        SignedRuns.make(OTHER_INPUTS, "linted", holderCredentials, directory.resolve("other"));
    Store kept = Store.open(directory.resolve("holder"), 2);
    for (SignedRuns.Result held : List.of(result, otherResult)) {
      Path unpacked = directory.resolve("unpacked-" + held.record().inputs().key().hex());
      StoredRecord stored = closing(kept.keep(SignedRuns.verified(held, verifier, unpacked)));
      holder.add(stored);
    }
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  @Test
  void isBelievedWhereTheHolderBearsItOut() throws Exception {
    URI rendezvous = names(new HolderList.Entry(HOLDER, List.of(holderAddress())));

    assertThat(findOrRun(rendezvous)).isEqualTo("held");
    assertThat(notices).isEmpty();
  }

  @Test
  void canHideAResult() throws Exception {
    byte[] absent = new Problem(Problem.Kind.NO_SUCH_RESULT, "nobody").json();
    URI rendezvous =
        says(
            "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Type: application/problem+json",
            absent);

    assertRuns(rendezvous);
    assertThat(replay(rendezvous)).isInstanceOf(FindResult.Miss.class);
  }

  @Test
  void namesAHolderOfAnotherRunsResult() throws Exception {
    PeerId other = new PeerId("spiffe://team/other");
    PeerServer one = startServer(team.issue(other.text()));
    URI rendezvous = names(new HolderList.Entry(other, List.of(PeerAddress.of(one.address()))));

    assertRuns(rendezvous);
    assertThat(notices).anyMatch(line -> line.contains("other does not give the result"));
  }

  /** Together with a holder that answers for one key with what belongs to another. */
  @Test
  void swapsTheAttestationsOfTwoKeys() throws Exception {
    FaultyHolder swapping =
        closing(new FaultyHolder(holderCredentials, OK, otherResult.attestation().bytes(), false));
    URI rendezvous = names(new HolderList.Entry(HOLDER, List.of(swapping.address())));

    assertRuns(rendezvous);
    assertThat(replay(rendezvous)).isInstanceOf(FindResult.NoneVerified.class);
    assertThat(notices).anyMatch(line -> line.contains("it is about the run"));
  }

  @Test
  void namesAnotherPeerThanIsAtTheAddress() throws Exception {
    PeerId admin = new PeerId("spiffe://team/admin");
    URI rendezvous = names(new HolderList.Entry(admin, List.of(holderAddress())));

    assertRuns(rendezvous);
    assertThat(replay(rendezvous)).isInstanceOf(FindResult.NoneVerified.class);
    assertThat(notices)
        .anyMatch(line -> line.contains("it is spiffe://team/holder, not spiffe://team/admin"));
  }

  @Test
  void namesItselfAndServesAListForAnAttestation() throws Exception {
    FaultyHolder self = closing(new FaultyHolder(rendezvousCredentials, JSON, list(), false));
    URI rendezvous = names(new HolderList.Entry(RENDEZVOUS, List.of(self.address())));

    assertRuns(rendezvous);
    assertThat(replay(rendezvous)).isInstanceOf(FindResult.NoneVerified.class);
  }

  /** No rule names it, though none refuses it either. */
  @Test
  void signsAResultItselfWhereEverybodyMaySign() throws Exception {
    verifier = new RecordVerifier(team.validator(), AccessRule.anyone(), InstantSource.system());
    PeerServer self = startServer(rendezvousCredentials);
    self.add(forged());
    HolderList.Entry itself =
        new HolderList.Entry(RENDEZVOUS, List.of(PeerAddress.of(self.address())));
    PeerId mirror = new PeerId("spiffe://team/mirror");
    PeerServer copies = startServer(team.issue(mirror.text()));
    copies.add(forged());
    HolderList.Entry another =
        new HolderList.Entry(mirror, List.of(PeerAddress.of(copies.address())));

    for (HolderList.Entry entry : List.of(itself, another)) {
      URI rendezvous = names(entry);
      assertRuns(rendezvous);
      assertThat(replay(rendezvous)).isInstanceOf(FindResult.NoneVerified.class);
    }
    assertThat(notices)
        .anyMatch(line -> line.contains(RENDEZVOUS + " may not sign results that it led to"));
  }

  @Test
  void mayMakeResultsWhereARuleNamesIt() throws Exception {
    verifier =
        new RecordVerifier(
            team.validator(), AccessRule.parse("uri:" + RENDEZVOUS), InstantSource.system());
    PeerServer self = startServer(rendezvousCredentials);
    self.add(forged());
    URI rendezvous =
        names(new HolderList.Entry(RENDEZVOUS, List.of(PeerAddress.of(self.address()))));

    assertThat(findOrRun(rendezvous)).isEqualTo("forged");
  }

  private StoredRecord forged() throws Exception {
    Path place = Files.createTempDirectory(directory, "forged");
    SignedRuns.Result made =
        SignedRuns.make(INPUTS, "forged", rendezvousCredentials, place.resolve("made"));
    RecordVerifier open =
        new RecordVerifier(team.validator(), AccessRule.anyone(), InstantSource.system());
    Store kept = Store.open(place.resolve("store"), 1);
    return closing(kept.keep(SignedRuns.verified(made, open, place.resolve("unpacked"))));
  }

  /** It has a certificate of the team, and no rule lets it sign. */
  @Test
  void namesItselfAndServesAResultThatItSigned() throws Exception {
    SignedRuns.Result forged =
        SignedRuns.make(INPUTS, "forged", rendezvousCredentials, directory.resolve("forged"));
    FaultyHolder self =
        closing(new FaultyHolder(rendezvousCredentials, OK, forged.attestation().bytes(), false));
    URI rendezvous = names(new HolderList.Entry(RENDEZVOUS, List.of(self.address())));

    assertRuns(rendezvous);
    assertThat(replay(rendezvous)).isInstanceOf(FindResult.NoneVerified.class);
    assertThat(notices).anyMatch(line -> line.contains(RENDEZVOUS + " may not sign"));
  }

  @Test
  void namesSixteenHoldersThatAreNotThere() throws Exception {
    URI gone = closedPort();
    HolderList.Entry[] many =
        IntStream.range(0, 16)
            .mapToObj(i -> new HolderList.Entry(new PeerId("urn:x:" + i), List.of(gone)))
            .toArray(HolderList.Entry[]::new);

    assertRuns(names(many));
    assertThat(notices).filteredOn(line -> line.contains("cannot be reached")).hasSize(16);
  }

  @ParameterizedTest
  @ValueSource(ints = {17, 4000, 100_000})
  void namesMoreHoldersThanOneMayName(int count) throws Exception {
    String entry = "{\"peer\":\"urn:x\",\"addresses\":[\"" + holderAddress() + "\"]}";
    String many = IntStream.range(0, count).mapToObj(_ -> entry).collect(Collectors.joining(","));
    URI rendezvous = says(JSON, ("{\"holders\":[" + many + "]}").getBytes(UTF_8));

    assertRuns(rendezvous);
    assertThat(replay(rendezvous)).isInstanceOf(FindResult.Miss.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "{}",
        "{\"holders\":[]}",
        "{\"holders\":[{\"peer\":\"urn:x\",\"addresses\":[]}]}",
        "{\"holders\":[{\"peer\":\"\",\"addresses\":[\"https://127.0.0.1:1\"]}]}",
        "{\"holders\":[{\"peer\":\"urn:x\",\"addresses\":[\"http://127.0.0.1:1\"]}]}",
        "{\"holders\":[{\"peer\":\"urn:x\",\"addresses\":[\"https://127.0.0.1:1/../../etc\"]}]}",
        "{\"holders\":[{\"peer\":\"urn:x\",\"addresses\":[\"file:///etc/passwd\"]}]}",
        "{\"holders\":[{\"peer\":\"urn:x\",\"addresses\":[\"https://127.0.0.1:1\"],\"trust\":1}]}",
        "{\"holders\":[{\"peer\":\"urn:\\u001b[31m\",\"addresses\":[\"https://127.0.0.1:1\"]}]}",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
      })
  void talksNonsense(String body) throws Exception {
    URI rendezvous = says(JSON, body.getBytes(UTF_8));

    assertRuns(rendezvous);
    assertThat(replay(rendezvous)).isInstanceOf(FindResult.Miss.class);
    assertThat(notices).noneMatch(line -> line.contains("\u001b"));
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void sendsOnToSomebodyElse(int status) throws Exception {
    // A list that would be believed, had the rendezvous itself given it.
    URI other = names(new HolderList.Entry(HOLDER, List.of(holderAddress())));
    String moved =
        "HTTP/1.1 %d Moved\r\nConnection: close\r\nContent-Length: 0\r\nLocation: %s/v1/x"
            .formatted(status, other);
    URI rendezvous = says(moved, new byte[0]);

    assertRuns(rendezvous);
    assertThat(replay(rendezvous)).isInstanceOf(FindResult.Miss.class);
  }

  @Test
  void namesAHolderThatSendsOnToSomebodyElse() throws Exception {
    String moved =
        "HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Length: 0\r\nLocation: "
            + holderAddress()
            + "/v1/results/"
            + INPUTS.key();
    PeerId other = new PeerId("spiffe://team/other");
    FaultyHolder mover =
        closing(new FaultyHolder(team.issue(other.text()), moved, new byte[0], false));

    assertRuns(names(new HolderList.Entry(other, List.of(mover.address()))));
  }

  @Test
  void namesTheHolderAfterAllTheLies() throws Exception {
    FaultyHolder swapping =
        closing(
            new FaultyHolder(rendezvousCredentials, OK, otherResult.attestation().bytes(), false));
    URI rendezvous =
        names(
            new HolderList.Entry(new PeerId("urn:x"), List.of(holderAddress())),
            new HolderList.Entry(RENDEZVOUS, List.of(swapping.address())),
            new HolderList.Entry(
                HOLDER, List.of(closedPort(), swapping.address(), holderAddress())));

    assertThat(findOrRun(rendezvous)).isEqualTo("held");
    assertThat(notices).hasSize(2).allMatch(line -> line.contains("is refused"));
  }

  private void assertRuns(URI rendezvous) throws Exception {
    assertThat(findOrRun(rendezvous)).isEqualTo("run here");
    // So that a replay asks the rendezvous again.
    store.removals().drop(INPUTS.repo(), INPUTS.key());
  }

  /** What the output of the result is that the flow comes to. */
  private String findOrRun(URI rendezvous) throws Exception {
    try (RendezvousLookup lookup = lookup(rendezvous);
        HolderFetch fetch = new HolderFetch(laptop(), AnnounceAndLookupTest.PATIENCE)) {
      RunFlow flow =
          new RunFlow(
              store,
              finder(lookup, fetch),
              new OneThatPasses(),
              new Attester(
                  new RunSigner(team.issue("spiffe://team/laptop")),
                  verifier,
                  Optional.empty(),
                  notices::add),
              Coordination.NONE,
              notices::add);
      RunOutcome outcome =
          flow.findOrRun(INPUTS, (_, _) -> {}, CacheUse.NONE, () -> RunSecrets.NONE, new Nobody());
      ByteArrayOutputStream output = new ByteArrayOutputStream();
      try (var made = ((RunOutcome.WithResult) outcome).result()) {
        made.verified()
            .files()
            .replay((_, bytes, from, length) -> output.write(bytes, from, length));
      }
      return output.toString(UTF_8);
    }
  }

  private FindResult replay(URI rendezvous) throws Exception {
    try (RendezvousLookup lookup = lookup(rendezvous);
        HolderFetch fetch = new HolderFetch(laptop(), AnnounceAndLookupTest.PATIENCE)) {
      return finder(lookup, fetch).find(INPUTS.repo(), INPUTS.key());
    }
  }

  /** One that takes nobody for silent, so that each of them has its say. */
  private Finder finder(RendezvousLookup lookup, HolderFetch fetch) {
    return new Finder(
        store,
        new Holders(lookup, fetch, Duration.ofMinutes(1)),
        new ResultRules(verifier, Acceptance.EVERYTHING),
        notices::add);
  }

  private static TlsIdentity laptop() {
    return team.peer("spiffe://team/laptop");
  }

  private static RendezvousLookup lookup(URI rendezvous) {
    return new RendezvousLookup(laptop(), List.of(rendezvous), AnnounceAndLookupTest.PATIENCE);
  }

  private PeerServer startServer(Credentials credentials) throws IOException {
    return closing(
        PeerServer.start(
            team.peer(credentials),
            AccessRules::open,
            HeldFiles.NONE,
            Https.LOOPBACK,
            ServerLimits.PEER));
  }

  private URI holderAddress() {
    return PeerAddress.of(holder.address());
  }

  private byte[] list() {
    return new HolderList(List.of(new HolderList.Entry(HOLDER, List.of(holderAddress())))).json();
  }

  /** A rendezvous that gives this list for whatever it is asked. */
  private URI names(HolderList.Entry... entries) throws Exception {
    return says(JSON, new HolderList(List.of(entries)).json());
  }

  private URI says(String head, byte[] body) throws Exception {
    return closing(new FaultyHolder(rendezvousCredentials, head, body, false)).address();
  }

  private static URI closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return PeerAddress.parse("https://127.0.0.1:" + socket.getLocalPort());
    }
  }

  private <T extends AutoCloseable> T closing(T closeable) {
    open.add(closeable);
    return closeable;
  }

  /** Stands for the machine: what runs here is not what this is about. */
  private static final class OneThatPasses implements Executor {

    @Override
    public void requireMachine(Architecture architecture) {}

    @Override
    public ExecutionResult execute(ExecutionRequest request, ExecutionListener listener)
        throws ExecutorException {
      try {
        return new ExecutionResult.Passed(
            SignedRuns.record(request.inputs(), request.files(), "run here"));
      } catch (IOException e) {
        throw new ExecutorException(e.getMessage(), "", e);
      }
    }
  }

  private static final class Nobody implements ExecutionListener {

    @Override
    public void accept(RunEvent event) {}
  }
}
