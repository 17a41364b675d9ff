package dev.peer.core.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.trust.Identity;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamespaceRulesTest {

  private static final Identity TEAM = unit("team");
  private static final Identity GUEST = unit("guest");
  private static final NamespaceRules RULES =
      NamespaceRules.parse(
          """
          github.com/team/secret => ou:lead
          github.com/team/* => ou:team
          github.com/open/* => anyone; github.com/closed/* => nobody
          root:0123456789abcdef0123456789abcdef01234567 => ou:team+cn:x,ou:team
          """);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "github.com/team/project",
        "github.com/team/deep/er/project",
        "github.com/team/secret/not",
        "github.com/Team/Project",
        "ssh.github.com:443/TEAM/project",
        "github.com/open/x",
        "root:0123456789abcdef0123456789abcdef01234567"
      })
  void admitsWhomTheFirstNamespaceOfTheRepositoryAdmits(String repo) {
    assertThat(RULES.admits(TEAM, new RepoId(repo))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "github.com/team/secret",
        "github.com/team/Secret",
        "www.github.com/Team/secret",
        "github.com/closed/x",
        "github.com/elsewhere/project",
        "root:0000000000000000000000000000000000000000"
      })
  void admitsNobodyElseAndNobodyInNoNamespace(String repo) {
    assertThat(RULES.admits(TEAM, new RepoId(repo))).isFalse();
  }

  @Test
  void aRuleForAPublicForgeTakesEveryCaseAndAnotherHostsNone() {
    NamespaceRules rules =
        NamespaceRules.parse("github.com/Team/App => ou:team; git.example.org/Team/* => ou:team");

    assertThat(rules.admits(TEAM, new RepoId("github.com/team/app"))).isTrue();
    assertThat(rules.admits(TEAM, new RepoId("github.com/TEAM/APP"))).isTrue();
    assertThat(rules.admits(TEAM, new RepoId("git.example.org/Team/x"))).isTrue();
    assertThat(rules.admits(TEAM, new RepoId("git.example.org/team/x"))).isFalse();
  }

  @Test
  void keepsNamespacesApart() {
    assertThat(RULES.admits(GUEST, new RepoId("github.com/open/x"))).isTrue();
    assertThat(RULES.admits(GUEST, new RepoId("github.com/team/project"))).isFalse();
    assertThat(RULES.admits(unit("lead"), new RepoId("github.com/team/secret"))).isTrue();
    assertThat(RULES.admits(unit("lead"), new RepoId("github.com/team/project"))).isFalse();
  }

  /** Each looks as if it were below github.com/team. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "github.com/team",
        "github.com/team/",
        "github.com/team-evil/project",
        "github.com/teamproject",
        "github.com/team/../other/project",
        "github.com/team/..",
        "github.com/team/./project",
        "github.com/team//project",
        "github.com/team/project/",
        "github.com//team/project",
        "GitHub.com/team/project",
        "github.com/tea\u24DC/project",
        "github.com/team%2Fproject",
        "github.com%2Fteam%2Fproject",
        "github.com/te%61m/project",
        "github.com:443/team/project",
        "github.com./team/project",
        "evil.org/github.com/team/project",
        "xgithub.com/team/project",
        "https://github.com/team/project",
        "github.com\\team\\project",
        "github.com/team\uFF0Fproject",
        "github.com/t\u0435am/project"
      })
  void takesARepositoryForNoOther(String repo) {
    assertThat(RULES.admits(TEAM, new RepoId(repo))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "https://github.com/team/project.git",
    "https://user:secret@GitHub.com:443/team/project/",
    "git@github.com:team/project.git",
    "ssh://git@github.com//team//project"
  })
  void takesEveryWayToWriteARemoteForTheSameRepository(String remote) {
    assertThat(RULES.admits(TEAM, RepoId.ofRemote(remote).orElseThrow())).isTrue();
  }

  @Test
  void letsAStarTakeWhatIsLeft() {
    NamespaceRules rules = NamespaceRules.parse("example.org/* => ou:team; * => ou:guest");

    assertThat(rules.admits(GUEST, new RepoId("elsewhere.org/../x"))).isTrue();
    assertThat(rules.admits(GUEST, new RepoId("example.org/x"))).isFalse();
    assertThat(rules.admits(TEAM, new RepoId("elsewhere.org/x"))).isFalse();
  }

  @Test
  void holdsOneRuleEverywhereWhereNoNamespaceIsNamed() {
    NamespaceRules rules = NamespaceRules.parse("ou:team");

    assertThat(rules.admits(TEAM, new RepoId("any/thing"))).isTrue();
    assertThat(rules.admits(GUEST, new RepoId("any/thing"))).isFalse();
    assertThat(NamespaceRules.parse("").admits(TEAM, new RepoId("any/thing"))).isFalse();
    assertThat(NamespaceRules.parse("").admitsSomewhere(TEAM)).isFalse();
    assertThat(NamespaceRules.everywhere(AccessRule.anyone()).admitsSomewhere(GUEST)).isTrue();
  }

  @Test
  void knowsWhoIsAdmittedForEveryRepository() {
    assertThat(NamespaceRules.parse("ou:team").admitsEverywhere(TEAM)).isTrue();
    assertThat(NamespaceRules.parse("ou:team").admitsEverywhere(GUEST)).isFalse();
    assertThat(NamespaceRules.parse("").admitsEverywhere(TEAM)).isFalse();
    assertThat(RULES.admitsEverywhere(TEAM)).isFalse();
    assertThat(NamespaceRules.parse("a/* => ou:team; * => ou:team").admitsEverywhere(TEAM))
        .isTrue();
    assertThat(NamespaceRules.parse("a/* => ou:lead; * => ou:team").admitsEverywhere(TEAM))
        .isFalse();
    assertThat(NamespaceRules.parse("a/* => ou:team; b/* => ou:team").admitsEverywhere(TEAM))
        .isFalse();
  }

  @Test
  void knowsWhetherThereIsAnyRepositoryForSomebody() {
    assertThat(RULES.admitsSomewhere(GUEST)).isTrue();
    NamespaceRules rules = NamespaceRules.parse("a/* => ou:team;b/* => nobody;c/* =>");
    assertThat(rules.admitsSomewhere(TEAM)).isTrue();
    assertThat(rules.admitsSomewhere(GUEST)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "github.com/team* => ou:x",
        "github.com/*/x => ou:x",
        "*.com/x => ou:x",
        "** => ou:x",
        "/* => ou:x",
        "=> ou:x",
        "a//b => ou:x",
        "a/../b => ou:x",
        "a/./* => ou:x",
        "a/ => ou:x",
        "a b => ou:x",
        "a/* => ou:x; ou:y",
        "a/* => x",
        "a/* => ou:x => ou:y;a",
        "a/* = > ou:x; b => ou:x",
        "GitHub.com/team/* => ou:x",
        "a\u001b[31m => ou:x"
      })
  void refusesWhatIsNoNamespace(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NamespaceRules.parse(text))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\u001b"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "* => ou:x; a/b => ou:y",
        "a/* => ou:x; a/b/* => ou:y",
        "a/* => ou:x; a/b => ou:y",
        "a => ou:x; a => ou:y",
        "a/* => ou:x; a/* => ou:y"
      })
  void refusesANamespaceThatNeverDecides(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NamespaceRules.parse(text))
        .withMessageContaining("never decides");
  }

  @Test
  void refusesMoreNamespacesThanAnybodyNeeds() {
    String many =
        IntStream.range(0, 257)
            .mapToObj(i -> "r" + i + " => ou:x")
            .collect(Collectors.joining(";"));

    assertThatIllegalArgumentException().isThrownBy(() -> NamespaceRules.parse(many));
  }

  @Test
  void isWrittenAsItIsRead() {
    for (String text :
        List.of("a/b => ou:x,cn:y\\;z; a/* => anyone; * => nobody", "ou:x+cn:y", "anyone")) {
      assertThat(NamespaceRules.parse(text)).hasToString(text);
    }
    assertThat(NamespaceRules.parse("\n a/b=>ou:x ;; \n\n * =>\n"))
        .hasToString("a/b => ou:x; * => nobody");
  }

  private static Identity unit(String unit) {
    return new Identity(
        new PeerId("urn:peer:" + unit), List.of(), List.of(), List.of(), List.of(unit), "CN=CA");
  }
}
