package dev.peer.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.client.fetch.ResultPush;
import dev.peer.client.fetch.ResultPush.Outcome;
import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.access.NamespaceRules;
import dev.peer.core.find.Holder;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.record.Content;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.SignedRuns;
import dev.peer.core.store.Retention;
import dev.peer.http.Https;
import dev.peer.tls.ConnectionException;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.PeerAddress;
import dev.peer.wire.PeerPath;
import dev.peer.wire.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Results handed over to a daemon, and what it takes of them. */
@Timeout(300)
class PushTest {

  private static final RepoId MIRRORED = SignedRuns.inputs("test").repo();

  private static TestAuthority team;
  private static TlsIdentity laptop;

  @TempDir private Path directory;
  private Meeting meeting;
  private Home daemon;
  private final AtomicLong given = new AtomicLong();
  private SignedRuns.Result result;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
    laptop = team.peer("spiffe://team/laptop");
  }

  @BeforeEach
  void start() throws Exception {
    meeting = new Meeting(team);
    daemon = new Home(team, "spiffe://team/daemon", Files.createDirectory(directory.resolve("d")));
    result = result(team, "test");
  }

  @AfterEach
  void stop() throws Exception {
    daemon.close();
    meeting.close();
  }

  @Test
  void takesWhatHoldsAndServesIt() throws Exception {
    mirror(MIRRORED);

    assertThat(push(laptop, result)).isEqualTo(new Outcome.Taken());

    assertThat(meeting.awaitHolders(result.record().inputs(), 1))
        .containsExactly(daemon.identity().id());
    assertThat(
            daemon.store().entries().locations().getFirst().directory().resolve("bundle.tar.zst"))
        .hasSameBinaryContentAs(result.bundle());
    assertThat(daemon.notices().take())
        .startsWith("took " + result.record().inputs().key().hex().substring(0, 12))
        .contains(" from spiffe://team/laptop, ");
    assertThat(push(laptop, result)).isEqualTo(new Outcome.Held());
    assertThat(directory.resolve("d/store/staging")).isEmptyDirectory();
  }

  @Test
  void takesLargeBundles() throws Exception {
    mirror(MIRRORED);
    SignedRuns.Result large = result(team, "large", random(3 << 20));
    assertThat(Files.size(large.bundle())).isGreaterThan(1 << 20);

    assertThat(push(laptop, large)).isEqualTo(new Outcome.Taken());
    assertThat(given).hasValue(Files.size(large.bundle()));
  }

  @Test
  void takesNoResultOfARepositoryThatItDoesNotMirror() throws Exception {
    mirror(new RepoId("git.example.org/other/project"));

    assertThat(push(laptop, result))
        .isEqualTo(new Outcome.Refused("no copies of " + MIRRORED + " are kept here"));
    assertNothingKept();
  }

  @Test
  void takesNothingWhereNothingIsTaken() throws Exception {
    daemon.serve(Retention.ofMost(9), meeting.address());

    assertThat(push(laptop, result)).isInstanceOf(Outcome.Refused.class);
    assertNothingKept();
  }

  @Test
  void takesNothingFromWhomTheRuleForAnnouncingDoesNotAdmit() throws Exception {
    NamespaceRules announce =
        NamespaceRules.parse(MIRRORED + " => uri:spiffe://team/ci;other/* => anyone");
    AccessRules rules =
        new AccessRules(
            NamespaceRules.everywhere(AccessRule.anyone()), announce, AccessRule.anyone());
    mirror(rules, MIRRORED);

    assertThat(push(laptop, result))
        .isEqualTo(
            new Outcome.Refused(
                "spiffe://team/laptop may not announce results of " + MIRRORED + " here"));
    assertNothingKept();
    assertThat(push(team.peer("spiffe://team/ci"), result)).isEqualTo(new Outcome.Taken());
  }

  @Test
  void takesNothingThatAStrangerSigned() throws Exception {
    mirror(MIRRORED);
    SignedRuns.Result strange = result(new TestAuthority("strangers"), "strange");

    assertThat(push(laptop, strange))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused ->
                assertThat(refused.why())
                    .startsWith("the result is refused: the signer is not trusted"));
    assertNothingKept();
  }

  @Test
  void takesNoOtherBytesThanWereSigned() throws Exception {
    mirror(MIRRORED);
    byte[] bytes = Files.readAllBytes(result.bundle());
    bytes[bytes.length / 2] ^= 1;
    Path changed = Files.write(directory.resolve("changed"), bytes);

    assertThat(push(laptop, new SignedRuns.Result(result.record(), result.attestation(), changed)))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.why()).startsWith("the result is refused: "));
    assertNothingKept();
  }

  @Test
  void takesNoBundleThatNobodyOffered() throws Exception {
    mirror(MIRRORED);
    try (Https client = new Https(laptop, daemon.announcer().address().orElseThrow())) {
      byte[] bytes = Files.readAllBytes(result.bundle());
      String blob = new PeerPath.Blob(Digest.of(bytes)).text();

      assertProblem(client.send("PUT", blob, bytes), Problem.Kind.NOT_OFFERED);
      assertThat(offer(client).status()).isEqualTo(202);
      try (Https other =
          new Https(team.peer("spiffe://team/x"), daemon.announcer().address().orElseThrow())) {
        assertProblem(other.send("PUT", blob, bytes), Problem.Kind.NOT_OFFERED);
      }
      assertThat(client.send("PUT", blob, bytes).status()).isEqualTo(204);
    }
  }

  @Test
  void takesABundleOfItsOwnSizeAlone() throws Exception {
    mirror(MIRRORED);
    try (Https client = new Https(laptop, daemon.announcer().address().orElseThrow())) {
      byte[] bytes = Files.readAllBytes(result.bundle());
      String blob = new PeerPath.Blob(Digest.of(bytes)).text();

      offer(client);
      assertProblem(client.send("PUT", blob, new byte[bytes.length - 1]), Problem.Kind.MALFORMED);
      offer(client);
      assertProblem(client.send("PUT", blob, new byte[bytes.length + 1]), Problem.Kind.TOO_LARGE);
      assertNothingKept();
    }
  }

  @Test
  void takesTheAttestationOfTheRunThatItIsPutFor() throws Exception {
    mirror(MIRRORED);
    try (Https client = new Https(laptop, daemon.announcer().address().orElseThrow())) {
      String other = new PeerPath.Result(SignedRuns.inputs("other").key()).text();

      assertProblem(
          client.send("PUT", other, result.attestation().bytes()), Problem.Kind.UNVERIFIED);
      assertProblem(client.send("PUT", other, new byte[] {'{', '}'}), Problem.Kind.UNVERIFIED);
    }
  }

  @Test
  void takesNoAttestationThatIsLargerThanAny() throws Exception {
    mirror(MIRRORED);
    byte[] large = Arrays.copyOf(result.attestation().bytes(), Attestation.LARGEST + 1);
    String path = new PeerPath.Result(result.record().inputs().key()).text();
    try (Https client = new Https(laptop, daemon.announcer().address().orElseThrow())) {
      assertProblem(client.send("PUT", path, large), Problem.Kind.TOO_LARGE);
    } catch (ConnectionException e) {
      // The answer can be lost with the connection, on which the rest was still under way.
      assertThat(e.kind()).isEqualTo(ConnectionException.Kind.BROKEN_OFF);
    }
    try (Https client = new Https(laptop, daemon.announcer().address().orElseThrow())) {
      byte[] bundle = Files.readAllBytes(result.bundle());
      String blob = new PeerPath.Blob(Digest.of(bundle)).text();
      assertProblem(client.send("PUT", blob, bundle), Problem.Kind.NOT_OFFERED);
    }
    assertNothingKept();
  }

  @Test
  void takesNoBundleThatIsMoreThanIsKept() throws Exception {
    daemon.serve(
        new Retention(9, Optional.empty(), 10),
        meeting.address(),
        AccessRules::open,
        home -> intake(home, MIRRORED));

    assertThat(push(laptop, result))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.why()).contains("more than is kept here"));
  }

  private void mirror(RepoId repo) throws Exception {
    mirror(AccessRules.open(), repo);
  }

  private void mirror(AccessRules rules, RepoId repo) throws Exception {
    daemon.serve(Retention.ofMost(9), meeting.address(), () -> rules, home -> intake(home, repo));
  }

  private static Optional<dev.peer.server.Intake> intake(Home home, RepoId repo) {
    return Optional.of(
        new PushIntake(
            List.of(repo), home.store(), home::verifier, home.kept(), home.notices()::add));
  }

  private Https.Answer offer(Https client) throws Exception {
    return client.send(
        "PUT",
        new PeerPath.Result(result.record().inputs().key()).text(),
        result.attestation().bytes());
  }

  private Outcome push(TlsIdentity from, SignedRuns.Result what) throws Exception {
    Holder holder =
        new Holder(
            daemon.identity().id(),
            List.of(PeerAddress.of(daemon.announcer().address().orElseThrow())));
    Content content = new Content(Files.size(what.bundle()), Digest.of(what.bundle()));
    Content signed = signed(content);
    try (ResultPush push = new ResultPush(from, holder, Home.PATIENCE)) {
      return push.push(
          what.record().inputs().key(),
          what.attestation(),
          signed,
          what.bundle(),
          given::addAndGet);
    }
  }

  /** What the attestation of the result names, whatever the file has. */
  private Content signed(Content content) throws Exception {
    Content whole = new Content(Files.size(result.bundle()), Digest.of(result.bundle()));
    return content.size() == whole.size() ? whole : content;
  }

  private SignedRuns.Result result(TestAuthority authority, String name) throws Exception {
    return result(authority, name, "of " + name);
  }

  private SignedRuns.Result result(TestAuthority authority, String name, String stdout)
      throws Exception {
    return SignedRuns.make(
        SignedRuns.inputs(name),
        stdout,
        authority.issue("spiffe://team/signer"),
        Files.createTempDirectory(directory, "made"));
  }

  private void assertNothingKept() throws Exception {
    assertThat(daemon.store().entries().locations()).isEmpty();
    assertThat(directory.resolve("d/store/staging")).isEmptyDirectory();
  }

  private static void assertProblem(Https.Answer answer, Problem.Kind kind) throws Exception {
    assertThat(Problem.parse(answer.body()).orElseThrow().kind()).isEqualTo(kind);
    assertThat(answer.status()).isEqualTo(kind.status());
  }

  private static String random(int size) {
    StringBuilder text = new StringBuilder(size);
    new java.util.Random(1).ints(size, ' ', 0x250).forEach(text::appendCodePoint);
    return text.toString();
  }
}
