package dev.peer.core.sign;

import static dev.peer.core.trust.CertificateMaker.NOW;
import static dev.peer.core.trust.CertificateMaker.authority;
import static dev.peer.core.trust.CertificateMaker.leaf;
import static dev.peer.core.trust.CertificateMaker.root;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.access.NamespaceRules;
import dev.peer.core.access.SignRules;
import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.record.Content;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.Preparation;
import dev.peer.core.record.PreparationNetwork;
import dev.peer.core.record.PreparedRuntime;
import dev.peer.core.record.RuntimeId;
import dev.peer.core.record.SharedCaches;
import dev.peer.core.record.StartedFrom;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.Made;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.TrustAnchors;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RuntimeVerifierTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Digest LAYERS = Digest.of(new byte[] {8});
  private static final RepoId REPO = new RepoId("github.com/team/app");
  private static final PreparedRuntime RUNTIME =
      new PreparedRuntime(
          new Content(1234, Digest.of(new byte[] {1})),
          new PreparedRuntime.Disk(REPO, Digest.of(new byte[] {2}), 10_000),
          new StartedFrom(
              KeptOrigin.TRUNK,
              List.of(new CommitId("1".repeat(40)), new CommitId("2".repeat(40)))),
          Instant.parse("2030-06-15T11:00:00Z"),
          new Preparation(
              PreparationNetwork.hosts(List.of("deb.debian.org"), false),
              Digest.of(new byte[] {3}),
              Duration.ofMillis(242_001)),
          SharedCaches.NONE);

  private final Made root = root("Root").make();
  private final Made team = authority("Team", root).make();
  private final Made ci = leaf("ci", team).names("uri:urn:peer:ci").make();

  @Test
  void givesWhatTheMakerStates() throws Exception {
    Attestation attestation = sign(ci);

    VerifiedRuntime verified = verifier("").verify(attestation, REPO, Set.of());

    assertThat(verified.runtime()).isEqualTo(RUNTIME);
    assertThat(verified.maker().id().text()).isEqualTo("urn:peer:ci");
    assertThat(verified.attestation()).isEqualTo(attestation);
  }

  @Test
  void statesAllThatDecidesWhoMayStartFromIt() throws Exception {
    assertThat(statement().toString())
        .isEqualTo(
            """
            {'_type':'https://in-toto.io/Statement/v1','subject':[{'name':'prepared-runtime',\
            'digest':{'sha256':'%s'}}],'predicateType':'urn:peer:runtime:v1','predicate':{\
            'size':1234,'repo':'github.com/team/app','image':'%s','diskBytes':10000,\
            'commits':['%s','%s'],'begun':'2030-06-15T11:00:00Z','preparation':{'network':{\
            'access':'hosts','hosts':['deb.debian.org'],'hostReachable':false},\
            'logSha256':'%s','tookMillis':242001},'signedAt':'2030-06-15T12:00:00Z',\
            'signerCertSha256':'%s'}}\
            """
                .replace('\'', '"')
                .formatted(
                    RUNTIME.content().digest().hex(),
                    RUNTIME.disk().image(),
                    "1".repeat(40),
                    "2".repeat(40),
                    RUNTIME.preparation().log().hex(),
                    Digest.of(ci.certificate().getEncoded()).hex()));
  }

  @Test
  void statesTheCachesInIt() throws Exception {
    PreparedRuntime shared =
        new PreparedRuntime(
            RUNTIME.content(),
            RUNTIME.disk(),
            RUNTIME.made(),
            RUNTIME.begun(),
            RUNTIME.preparation(),
            new SharedCaches(List.of("deps", "go/mod")));

    VerifiedRuntime verified = verifier("").verify(sign(ci, shared), Set.of(REPO), NOW);

    assertThat(verified.runtime()).isEqualTo(shared);
  }

  @Test
  void namesItselfAfterTheRuntimesThatItWasMadeFrom() throws Exception {
    RuntimeId before = new RuntimeId(new PeerId("CN=laptop"), Digest.of(new byte[] {4}));
    PreparedRuntime derived =
        new PreparedRuntime(
            RUNTIME.content(),
            RUNTIME.disk(),
            RUNTIME.made().outOf(List.of(before)),
            RUNTIME.begun(),
            RUNTIME.preparation(),
            SharedCaches.NONE);
    RuntimeId itself = new RuntimeId(new PeerId("urn:peer:ci"), RUNTIME.content().digest());

    VerifiedRuntime first = verifier("").verify(sign(ci, RUNTIME), Set.of(REPO), NOW);
    VerifiedRuntime second = verifier("").verify(sign(ci, derived), Set.of(REPO), NOW);

    assertThat(first.runtimes()).containsExactly(itself);
    assertThat(second.runtime()).isEqualTo(derived);
    assertThat(second.runtimes()).containsExactly(before, itself);
  }

  @Test
  void statesTheLayersThatItBeganWith() throws Exception {
    StartedFrom made = RUNTIME.made();
    PreparedRuntime begun =
        new PreparedRuntime(
            RUNTIME.content(),
            RUNTIME.disk(),
            new StartedFrom(made.origin(), made.commits(), made.runtimes(), Optional.of(LAYERS)),
            RUNTIME.begun(),
            RUNTIME.preparation(),
            SharedCaches.NONE);

    assertThat(verifier("").verify(sign(ci, begun), REPO, Set.of()).runtime()).isEqualTo(begun);
  }

  /**
   * A disk that began with them came from whom the rule admits for them, not for its repository.
   */
  @Test
  void aKeptOneIsOfTheRepositoryOrOfTheLayersThatItsDiskBeganWith() throws Exception {
    RepoId layers = RepoId.ofLayers(LAYERS);
    PreparedRuntime built =
        new PreparedRuntime(
            RUNTIME.content(),
            new PreparedRuntime.Disk(layers, RUNTIME.disk().image(), RUNTIME.disk().bytes()),
            RUNTIME.made(),
            RUNTIME.begun(),
            RUNTIME.preparation(),
            SharedCaches.NONE);
    RuntimeVerifier forLayers = verifier("layers:/* => uri:urn:peer:ci; * => cn:other");

    assertThat(forLayers.verify(sign(ci, built), Set.of(REPO, layers), NOW).runtime())
        .isEqualTo(built);
    assertThatThrownBy(() -> forLayers.verify(sign(ci, RUNTIME), Set.of(REPO, layers), NOW))
        .hasMessageContaining("may not prepare runtimes for all targets of " + REPO);
    assertThatThrownBy(() -> verifier("").verify(sign(ci, built), Set.of(REPO), NOW))
        .hasMessage("it is a runtime of " + layers + ", not of " + REPO);
    assertThatThrownBy(
            () ->
                verifier("")
                    .verify(
                        sign(ci, built),
                        Set.of(REPO, RepoId.ofLayers(Digest.of(new byte[] {9}))),
                        NOW))
        .isInstanceOf(VerificationException.class);
  }

  @Test
  void refusesTheRuntimeOfAnotherRepository() throws Exception {
    assertThatThrownBy(
            () -> verifier("").verify(sign(ci), new RepoId("github.com/team/other"), Set.of()))
        .isInstanceOf(VerificationException.class)
        .hasMessage("it is a runtime of github.com/team/app, not of github.com/team/other");
  }

  @Test
  void refusesAMakerWhomNoRuleAdmits() throws Exception {
    assertRefused(
        "github.com/team/* => uri:urn:peer:builder", sign(ci), "may not prepare runtimes");
    assertRefused("github.com/other/* => anyone", sign(ci), "may not prepare runtimes");
    assertThat(verifier("github.com/team/* => uri:urn:peer:ci").verify(sign(ci), REPO, Set.of()))
        .isNotNull();
  }

  /** Else a peer that may not sign a target would shape what is signed for it. */
  @Test
  void refusesAMakerWhoIsNotAdmittedForEveryTarget() throws Exception {
    String rules = "github.com/team/app publish => uri:urn:peer:release; github.com/team/app => ";

    assertRefused(rules + "uri:urn:peer:ci", sign(ci), "for all targets of github.com/team/app");
  }

  @Test
  void asksTheRulesForSigningWhereThereIsNoneForPreparing() throws Exception {
    AccessRules rules =
        new AccessRules(
            AccessRule.anyone(), AccessRule.anyone(), AccessRule.parse("uri:urn:peer:builder"));

    assertThatThrownBy(() -> verifier(rules).verify(sign(ci), REPO, Set.of()))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining("(the rule: uri:urn:peer:builder)");
  }

  @Test
  void refusesAServerThatLedToItUnlessARuleNamesIt() throws Exception {
    Set<PeerId> servers = Set.of(new PeerId("urn:peer:ci"));

    assertThatThrownBy(() -> verifier(AccessRules.open()).verify(sign(ci), REPO, servers))
        .isInstanceOf(VerificationException.class);
    assertThat(verifier("* => uri:urn:peer:ci").verify(sign(ci), REPO, servers)).isNotNull();
  }

  @Test
  void refusesAnotherAuthority() throws Exception {
    Made mallory = leaf("ci", root("Mallory").make()).names("uri:urn:peer:ci").make();

    assertRefused("", sign(mallory), "its maker is not trusted: no way");
  }

  @Test
  void refusesAttestationsOfOtherThings() throws Exception {
    assertRefused(
        "",
        new RunSigner(credentials(ci)).sign(Runs.passed(), Runs.BUNDLE),
        "does not vouch for a prepared runtime");
    assertRefused(
        "",
        new ImageSigner(credentials(ci), InstantSource.fixed(NOW)).sign(Digest.of(new byte[0])),
        "does not vouch for a prepared runtime");
  }

  @Test
  void refusesEveryEnvelopeOfWhichOneByteDiffers() throws Exception {
    byte[] bytes = sign(ci).bytes();
    List<Integer> taken = new ArrayList<>();
    for (int i = 0; i < bytes.length; i++) {
      byte[] flipped = bytes.clone();
      flipped[i] ^= 1;
      try {
        verifier("").verify(Attestation.of(flipped), REPO, Set.of());
        taken.add(i);
      } catch (VerificationException e) {
        assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
      }
    }
    assertThat(taken).isEmpty();
  }

  @Test
  void refusesAFieldThatIsThereTwice() throws Exception {
    String text = statement().toString();
    String twice = text.replace("\"size\":1234,", "\"size\":1234,\"size\":1234,");

    assertRefused("", signed(twice.getBytes(StandardCharsets.UTF_8)), "statement");
  }

  /** What even an admitted maker cannot say: each is signed as it stands. */
  @ParameterizedTest(name = "{0}")
  @MethodSource
  void refusesAStatementThat(String name, Consumer<ObjectNode> change, String reason)
      throws Exception {
    ObjectNode statement = statement();
    change.accept(statement);

    assertRefused("", signed(JSON.writeValueAsBytes(statement)), reason);
  }

  static Stream<Object[]> refusesAStatementThat() {
    return Stream.of(
        change("is of another version", json -> json.put("predicateType", "x"), "runtime:v1"),
        change("has an unknown field", json -> json.put("x", 1), "unknown field x"),
        change("says more", json -> predicate(json).put("x", 1), "unknown field x"),
        change("says more of the preparation", json -> preparation(json).put("x", 1), "field x"),
        change("is about nothing", json -> json.putArray("subject"), "exactly one subject"),
        change("has no bytes", json -> predicate(json).put("size", 0), "a size of 1 or more"),
        change("has no disk", json -> predicate(json).put("diskBytes", 0), "size of a disk"),
        change("names no commit", json -> predicate(json).putArray("commits"), "commits"),
        change(
            "names a commit twice",
            json -> {
              ArrayNode commits = predicate(json).putArray("commits");
              commits.add("1".repeat(40)).add("1".repeat(40));
            },
            "named twice"),
        change(
            "names no commit's id",
            json -> predicate(json).putArray("commits").add("HEAD"),
            "commits"),
        change(
            "names runtimes that are none",
            json -> predicate(json).putArray("runtimes"),
            "runtimes, or nothing"),
        change(
            "names so many runtimes that it cannot be named itself",
            json -> {
              ArrayNode runtimes = predicate(json).putArray("runtimes");
              for (int i = 0; i < StartedFrom.MOST_RUNTIMES; i++) {
                runtimes
                    .addObject()
                    .put("maker", "a")
                    .put("digest", RUNTIME.content().digest().toString());
              }
            },
            "not the disk of a runtime"),
        change(
            "took less than no time",
            json -> preparation(json).put("tookMillis", -1),
            "not the time"),
        change(
            "was signed in time to come",
            json -> predicate(json).put("signedAt", "2030-06-15T12:05:01Z"),
            "yet to come"),
        change(
            "was signed before it was begun",
            json -> predicate(json).put("begun", "2030-06-15T12:00:01Z"),
            "after it was signed"),
        change(
            "is another certificate's",
            json -> predicate(json).put("signerCertSha256", "0".repeat(64)),
            "another certificate"));
  }

  @Test
  void whatIsKeptOutlastsTheMakersCertificateAndFollowsTheRules() throws Exception {
    Instant expired = ci.certificate().getNotAfter().toInstant().plus(Duration.ofDays(1));

    assertThat(verifier(AccessRules.open(), expired).verify(sign(ci), Set.of(REPO), NOW))
        .isNotNull();
    assertThatThrownBy(() -> verifier("* => cn:other").verify(sign(ci), Set.of(REPO), NOW))
        .isInstanceOf(VerificationException.class);
  }

  private static Object[] change(String name, Consumer<ObjectNode> change, String reason) {
    return new Object[] {name, change, reason};
  }

  private static ObjectNode predicate(ObjectNode json) {
    return (ObjectNode) json.get("predicate");
  }

  private static ObjectNode preparation(ObjectNode json) {
    return (ObjectNode) predicate(json).get("preparation");
  }

  private ObjectNode statement() throws Exception {
    return (ObjectNode) JSON.readTree(Envelope.read(sign(ci)).payload());
  }

  private void assertRefused(String rules, Attestation attestation, String reason)
      throws Exception {
    RuntimeVerifier verifier = verifier(rules);
    assertThatThrownBy(() -> verifier.verify(attestation, REPO, Set.of()))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining(reason);
  }

  private Attestation sign(Made maker) throws Exception {
    return sign(maker, RUNTIME);
  }

  private Attestation sign(Made maker, PreparedRuntime runtime) throws Exception {
    return new RuntimeSigner(credentials(maker), InstantSource.fixed(NOW)).sign(runtime);
  }

  private Attestation signed(byte[] payload) throws Exception {
    return Signatures.sign(credentials(ci), payload).write();
  }

  /** The rules for preparing; the empty text admits anyone. */
  private RuntimeVerifier verifier(String rules) throws Exception {
    NamespaceRules anyone = NamespaceRules.everywhere(AccessRule.anyone());
    return verifier(
        new AccessRules(
            anyone,
            anyone,
            SignRules.parse(""),
            Optional.empty(),
            Optional.of(
                rules.isEmpty()
                    ? SignRules.everywhere(AccessRule.anyone())
                    : SignRules.parse(rules))));
  }

  private RuntimeVerifier verifier(AccessRules rules) throws Exception {
    return verifier(rules, NOW);
  }

  private RuntimeVerifier verifier(AccessRules rules, Instant now) throws Exception {
    return new RuntimeVerifier(
        new CertificateValidator(
            TrustAnchors.of(List.of(root.certificate())), RevocationLists.none()),
        rules,
        InstantSource.fixed(now));
  }

  private Credentials credentials(Made maker) throws Exception {
    List<X509Certificate> chain = List.of(maker.certificate(), team.certificate());
    return Credentials.of(chain, maker.keys().getPrivate());
  }
}
