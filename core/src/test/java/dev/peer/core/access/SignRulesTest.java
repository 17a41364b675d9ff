package dev.peer.core.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.trust.Identity;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignRulesTest {

  private static final RepoId APP = new RepoId("github.com/team/app");
  private static final Identity CI = unit("ci");
  private static final Identity LAPTOP = unit("laptop");

  /** Some jobs count only from CI, the rest from any laptop. */
  private static final SignRules RULES =
      SignRules.parse(
          """
          github.com/team/app publish deploy-* => ou:ci
          github.com/team/* => ou:ci,ou:laptop
          """);

  @Test
  void takesTheResultsOfATargetOnlyFromWhomItsRuleAdmits() {
    for (String target : List.of("publish", "deploy-", "deploy-eu/west")) {
      assertThat(RULES.admits(CI, APP, List.of(target))).isTrue();
      assertThat(RULES.admits(LAPTOP, APP, List.of(target))).isFalse();
    }
    for (String target : List.of("test", "publish2", "republish", "./publish", "Publish")) {
      assertThat(RULES.admits(LAPTOP, APP, List.of(target))).isTrue();
    }
    assertThat(RULES.admits(LAPTOP, new RepoId("github.com/team/other"), List.of("publish")))
        .isTrue();
    assertThat(RULES.admits(CI, new RepoId("github.com/other/app"), List.of("test"))).isFalse();
  }

  /** mk makes all of them, whichever is named first. */
  @Test
  void takesARunOfSeveralTargetsOnlyFromWhoIsAdmittedForEach() {
    assertThat(RULES.admits(LAPTOP, APP, List.of("test", "publish"))).isFalse();
    assertThat(RULES.admits(LAPTOP, APP, List.of("publish", "test"))).isFalse();
    assertThat(RULES.admits(LAPTOP, APP, List.of("test", "lint"))).isTrue();
    assertThat(RULES.admits(CI, APP, List.of("test", "publish"))).isTrue();
  }

  /** The name of a repository among the peers is the revision's to say. */
  @Test
  void aNameLeadsOutOfNoRuleThatNamesTheRepository() {
    SignRules rules =
        SignRules.parse("github.com/team/app publish => ou:ci; other => ou:laptop; * => anyone");
    RepoId mirror = new RepoId("mirror.example.org/app");

    for (String name : List.of("anything", "other", "github.com/team/app/", "github.com/Team/ap")) {
      assertThat(rules.allowsName(APP, new RepoId(name), List.of("test", "publish"))).isFalse();
    }
    assertThat(rules.allowsName(APP, APP, List.of("publish"))).isTrue();
    assertThat(rules.allowsName(APP, new RepoId("github.com/Team/App"), List.of("publish")))
        .isTrue();
    assertThat(rules.allowsName(APP, new RepoId("anything"), List.of("test"))).isTrue();
    assertThat(rules.allowsName(mirror, APP, List.of("publish"))).isTrue();
    assertThat(SignRules.parse("ou:ci").allowsName(APP, mirror, List.of("test"))).isTrue();
  }

  @Test
  void admitsNobodyForATargetThatNoRuleIsFor() {
    SignRules rules = SignRules.parse("github.com/team/app test => ou:laptop");

    assertThat(rules.admits(LAPTOP, APP, List.of("test"))).isTrue();
    assertThat(rules.admits(LAPTOP, APP, List.of("lint"))).isFalse();
    assertThat(rules.admitsSomewhere(LAPTOP)).isTrue();
    assertThat(rules.admitsSomewhere(CI)).isFalse();
  }

  @Test
  void holdsOneRuleForEverythingWhereNoNamespaceIsNamed() {
    assertThat(SignRules.parse("ou:ci").admits(CI, APP, List.of("publish"))).isTrue();
    assertThat(SignRules.parse("ou:ci").admits(LAPTOP, APP, List.of("test"))).isFalse();
    assertThat(SignRules.parse("").admitsSomewhere(CI)).isFalse();
    assertThat(SignRules.parseLines("# both\nou:ci\nou:laptop\n").admitsSomewhere(LAPTOP)).isTrue();
    assertThat(SignRules.parseLines("# jobs\n" + RULES.toString().replace("; ", "\n")))
        .hasToString(RULES.toString());
  }

  /** A server that was taken over has a key of the team, and no rule that means it. */
  @Test
  void takesWhatAServerThatLedToItSignedOnlyWhereARuleNamesIt() {
    Set<PeerId> servers = Set.of(CI.id(), new PeerId("urn:peer:relay"));
    List<String> test = List.of("test");

    assertThat(SignRules.everywhere(AccessRule.anyone()).admits(CI, APP, test, servers)).isFalse();
    assertThat(SignRules.parse("github.com/* => anyone").admits(CI, APP, test, servers)).isFalse();
    assertThat(SignRules.parse("ou:laptop").admits(CI, APP, test, servers)).isFalse();
    assertThat(SignRules.parse("ou:ci").admits(CI, APP, test, servers)).isTrue();
    assertThat(
            SignRules.parse("github.com/team/app publish => ou:ci; * => anyone")
                .admits(CI, APP, List.of("publish", "test"), servers))
        .isFalse();
    assertThat(SignRules.everywhere(AccessRule.anyone()).admits(LAPTOP, APP, test, servers))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a publish,deploy => ou:x",
        "a pub;lish => ou:x",
        "a b\\*c => ou:x",
        "a x=y => ou:x",
        "a tést => ou:x",
        "publish => ou:x; a publish ou:x",
        "a \u001b[31m => ou:x"
      })
  void refusesWhatIsNoTarget(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SignRules.parse(text))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\u001b"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a => ou:x; a publish => ou:y",
        "a * => ou:x; a publish => ou:y",
        "a/* pub* => ou:x; a/b publish pub*sh => ou:y",
        "a publish => ou:x; a publish => ou:y",
        "a * => ou:x; a => ou:y"
      })
  void refusesARuleThatNeverDecides(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SignRules.parse(text))
        .withMessageContaining("never decides");
  }

  @Test
  void isWrittenAsItIsRead() {
    for (String text :
        List.of("a/b x y* => ou:x; a/* * => anyone; * z => nobody; * => cn:y", "ou:x+cn:y")) {
      assertThat(SignRules.parse(text)).hasToString(text);
    }
    assertThat(SignRules.parse("a \t b   c=>ou:x")).hasToString("a b c => ou:x");
  }

  @Test
  void onlyTheRulesForSigningHaveTargets() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NamespaceRules.parse("a/* => ou:x; b publish => ou:x"))
        .withMessageContaining("only PEER_ALLOW_SIGN takes targets");
  }

  private static Identity unit(String unit) {
    return new Identity(
        new PeerId("urn:peer:" + unit), List.of(), List.of(), List.of(), List.of(unit), "CN=CA");
  }
}
