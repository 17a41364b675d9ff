package dev.peer.core.access;

import static dev.peer.core.trust.CertificateMaker.NOW;
import static dev.peer.core.trust.CertificateMaker.authority;
import static dev.peer.core.trust.CertificateMaker.keys;
import static dev.peer.core.trust.CertificateMaker.leaf;
import static dev.peer.core.trust.CertificateMaker.plain;
import static dev.peer.core.trust.CertificateMaker.root;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.access.CertificateUse.Verdict;
import dev.peer.core.id.RepoId;
import dev.peer.core.trust.CertificateFault;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Made;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.TrustAnchors;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CertificateUseTest {

  private final Made root = root("Root").make();
  private final Made alice = leaf("alice", root).names("uri:urn:peer:alice").make();

  @ParameterizedTest
  @EnumSource(CertificateUse.class)
  void admitsWhatTheValidatorAndTheRulesAdmit(CertificateUse use) {
    Verdict verdict = judge(use, AccessRules.open(), NOW, alice);

    assertThat(verdict).isInstanceOf(Verdict.Admitted.class);
    assertThat(((Verdict.Admitted) verdict).by())
        .isEqualTo(
            use == CertificateUse.CONNECT || use == CertificateUse.SERVE
                ? List.of()
                : List.of("anyone of PEER_CA"));
  }

  @Test
  void namesTheAlternativeThatAdmits() {
    AccessRule rule = AccessRule.parse("ou:build,uri:urn:peer:*");
    AccessRules rules = new AccessRules(rule, rule, rule);

    assertThat(judge(CertificateUse.SIGN, rules, NOW, alice))
        .isEqualTo(new Verdict.Admitted(List.of("uri:urn:peer:*")));
  }

  @Test
  void saysWhichTermsARuleWantsAndTheCertificateLacks() {
    AccessRule rule = AccessRule.parse("ou:build+cn:runner,ou:build+cn:a*");
    AccessRules rules = new AccessRules(rule, AccessRule.parse(""), AccessRule.anyone());

    assertThat(refused(CertificateUse.FETCH, rules, NOW, alice))
        .containsExactly(
            new CertificateFault(
                "PEER_ALLOW_FETCH is ou:build+cn:runner,ou:build+cn:a*, and the certificate has"
                    + " uri:urn:peer:alice, cn:alice, issuer:CN=Root",
                "issue it with ou:build, or add one of the certificate's terms to the rule, such"
                    + " as uri:urn:peer:alice"));
    assertThat(refused(CertificateUse.ANNOUNCE, rules, NOW, alice))
        .singleElement()
        .satisfies(fault -> assertThat(fault.what()).contains("PEER_ALLOW_ANNOUNCE is nobody"))
        .satisfies(fault -> assertThat(fault.mend()).contains("unset it"));
    assertThat(judge(CertificateUse.SIGN, rules, NOW, alice)).isInstanceOf(Verdict.Admitted.class);
    assertThat(judge(CertificateUse.CONNECT, rules, NOW, alice))
        .isInstanceOf(Verdict.Admitted.class);
  }

  @Test
  void guestImagesGoByTheirOwnRuleElseByTheOneForSigning() {
    AccessRules signing =
        new AccessRules(AccessRule.anyone(), AccessRule.anyone(), AccessRule.parse("cn:bob"));
    AccessRules images =
        new AccessRules(
            signing.fetch(),
            signing.announce(),
            signing.sign(),
            Optional.of(AccessRule.parse("cn:alice")),
            Optional.empty());

    assertThat(judge(CertificateUse.IMAGE, images, NOW, alice))
        .isEqualTo(new Verdict.Admitted(List.of("cn:alice")));
    assertThat(refused(CertificateUse.IMAGE, signing, NOW, alice))
        .singleElement()
        .satisfies(fault -> assertThat(fault.what()).startsWith("PEER_ALLOW_SIGN is cn:bob"));
  }

  @Test
  void goesByTheNamespaceOfTheRepository() {
    NamespaceRules fetch = NamespaceRules.parse("a/* => cn:alice; b/* => cn:bob; c/* => anyone");
    AccessRules rules = new AccessRules(fetch, fetch, AccessRule.anyone());

    assertThat(judge(CertificateUse.FETCH, rules, NOW, alice))
        .isEqualTo(new Verdict.Admitted(List.of("a/* => cn:alice", "c/* => anyone of PEER_CA")));
    assertThat(judge(CertificateUse.FETCH, rules, Optional.of(new RepoId("a/x"))))
        .isEqualTo(new Verdict.Admitted(List.of("a/* => cn:alice")));
    assertThat(judge(CertificateUse.FETCH, rules, Optional.of(new RepoId("b/x"))))
        .isInstanceOfSatisfying(
            Verdict.Refused.class,
            refused ->
                assertThat(refused.faults().getFirst().what())
                    .startsWith("PEER_ALLOW_FETCH is b/* => cn:bob, and"));
    assertThat(judge(CertificateUse.FETCH, rules, Optional.of(new RepoId("d/x"))))
        .isInstanceOfSatisfying(
            Verdict.Refused.class,
            refused ->
                assertThat(refused.faults())
                    .containsExactly(
                        new CertificateFault(
                            "PEER_ALLOW_FETCH has no namespace with d/x, and so admits nobody",
                            "add one, such as d/x => uri:urn:peer:alice")));
  }

  @Test
  void goesByTheTargetForWhatIsSigned() {
    SignRules sign = SignRules.parse("a/x publish => cn:bob; a/* => cn:alice");
    NamespaceRules all = NamespaceRules.everywhere(AccessRule.anyone());
    AccessRules rules = new AccessRules(all, all, sign);
    Optional<RepoId> repo = Optional.of(new RepoId("a/x"));

    assertThat(judge(CertificateUse.SIGN, rules, repo, Optional.of("test")))
        .isEqualTo(new Verdict.Admitted(List.of("a/* => cn:alice")));
    assertThat(judge(CertificateUse.SIGN, rules, repo, Optional.empty()))
        .isEqualTo(new Verdict.Admitted(List.of("a/* => cn:alice")));
    assertThat(judge(CertificateUse.SIGN, rules, repo, Optional.of("publish")))
        .isInstanceOfSatisfying(
            Verdict.Refused.class,
            refused ->
                assertThat(refused.faults().getFirst().what())
                    .startsWith("PEER_ALLOW_SIGN is a/x publish => cn:bob, and"));
    assertThat(judge(CertificateUse.FETCH, rules, repo, Optional.of("publish")))
        .isInstanceOf(Verdict.Admitted.class);
    assertThat(
            judge(CertificateUse.SIGN, rules, Optional.of(new RepoId("b")), Optional.of("publish")))
        .isInstanceOfSatisfying(
            Verdict.Refused.class,
            refused ->
                assertThat(refused.faults())
                    .containsExactly(
                        new CertificateFault(
                            "PEER_ALLOW_SIGN has no namespace with b publish, and so admits"
                                + " nobody",
                            "add one, such as b publish => uri:urn:peer:alice")));
  }

  @Test
  void tellsTheRolesApart() {
    Made client = leaf("alice", root).purposes(KeyPurposeId.id_kp_clientAuth).make();

    assertThat(judge(CertificateUse.CONNECT, AccessRules.open(), NOW, client))
        .isInstanceOf(Verdict.Admitted.class);
    assertThat(refused(CertificateUse.SERVE, AccessRules.open(), NOW, client))
        .containsExactly(
            new CertificateFault(
                "\"CN=alice\" is not for servers (its extended key usage lacks it)",
                "issue it with extendedKeyUsage serverAuth, or without that extension"));
  }

  /** All at once, so that one certificate mends them. */
  @Test
  void findsEveryFaultOfTheCertificateTheWayAndTheRule() {
    Made team = authority("Team", root).usage(KeyUsage.cRLSign).until(NOW.minusSeconds(9)).make();
    Made bad =
        leaf("alice", team)
            .keys(keys("RSA1024"))
            .purposes(KeyPurposeId.id_kp_emailProtection)
            .usage(KeyUsage.keyEncipherment)
            .until(NOW.minusSeconds(1))
            .make();
    AccessRules rules =
        new AccessRules(AccessRule.parse("ou:x"), AccessRule.anyone(), AccessRule.anyone());

    List<CertificateFault> faults = refused(CertificateUse.FETCH, rules, NOW, bad, team);

    assertThat(faults)
        .extracting(CertificateFault::what)
        .satisfiesExactlyInAnyOrder(
            what -> assertThat(what).startsWith("\"CN=alice\" expired at "),
            what ->
                assertThat(what)
                    .startsWith("\"CN=alice\" has a key that is not accepted (RSA 1024)"),
            what -> assertThat(what).contains("\"CN=alice\" is not for signatures"),
            what -> assertThat(what).contains("\"CN=alice\" is not for clients"),
            what -> assertThat(what).startsWith("\"CN=Team\" expired at "),
            what -> assertThat(what).contains("\"CN=Team\" is not for signing certificates"),
            what -> assertThat(what).startsWith("PEER_ALLOW_FETCH is ou:x"));
    assertThat(faults).extracting(CertificateFault::mend).doesNotContain("");
  }

  @Test
  void judgesAtTheTimeThatIsAskedAbout() {
    Made early = leaf("alice", root).until(NOW.minusSeconds(1)).make();

    assertThat(judge(CertificateUse.SIGN, AccessRules.open(), NOW.minusSeconds(1), early))
        .isInstanceOf(Verdict.Admitted.class);
    assertThat(refused(CertificateUse.SIGN, AccessRules.open(), NOW, early))
        .extracting(CertificateFault::mend)
        .containsExactly("have a new one issued, or set the clock: here it is " + NOW);
  }

  @Test
  void tellsAMissingIntermediateFromAnotherCaOfTheSameName() {
    Made team = authority("Team", root).make();
    Made below = leaf("alice", team).make();

    assertThat(refused(CertificateUse.CONNECT, AccessRules.open(), NOW, below))
        .singleElement()
        .satisfies(fault -> assertThat(fault.what()).startsWith("no way from \"CN=alice"))
        .satisfies(
            fault ->
                assertThat(fault.mend())
                    .contains("PEER_CA has \"CN=Root\"", "put its certificate after the peer's"));
    assertThat(
            refused(
                CertificateUse.CONNECT,
                AccessRules.open(),
                NOW,
                leaf("alice", root("Root").make()).make()))
        .singleElement()
        .satisfies(
            fault ->
                assertThat(fault.mend())
                    .startsWith("there is a CA named \"CN=Root\", and it has not signed this one"));
  }

  @Test
  void saysThatACertificateNamesNobodyOnce() {
    Made nobody = plain("", root).make();

    assertThat(refused(CertificateUse.SIGN, AccessRules.open(), NOW, nobody))
        .extracting(CertificateFault::what)
        .containsExactly(
            "the certificate names nobody: it has neither a URI, a DNS name nor a subject");
  }

  private List<CertificateFault> refused(
      CertificateUse use, AccessRules rules, Instant at, Made leaf, Made... others) {
    Verdict verdict = judge(use, rules, at, leaf, others);
    assertThat(verdict).isInstanceOf(Verdict.Refused.class);
    return ((Verdict.Refused) verdict).faults();
  }

  private Verdict judge(CertificateUse use, AccessRules rules, Optional<RepoId> repo) {
    return judge(use, rules, repo, Optional.empty());
  }

  private Verdict judge(
      CertificateUse use, AccessRules rules, Optional<RepoId> repo, Optional<String> target) {
    return use.judge(validator(), rules, List.of(alice.certificate()), repo, target, NOW);
  }

  private Verdict judge(
      CertificateUse use, AccessRules rules, Instant at, Made leaf, Made... others) {
    List<X509Certificate> chain =
        Stream.concat(Stream.of(leaf), Stream.of(others)).map(Made::certificate).toList();
    return use.judge(validator(), rules, chain, Optional.empty(), Optional.empty(), at);
  }

  private CertificateValidator validator() {
    return new CertificateValidator(
        TrustAnchors.of(List.of(root.certificate())), RevocationLists.none());
  }
}
