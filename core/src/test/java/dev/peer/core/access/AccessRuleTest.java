package dev.peer.core.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.peer.core.id.PeerId;
import dev.peer.core.trust.Identity;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessRuleTest {

  private static final Identity RUNNER =
      new Identity(
          new PeerId("spiffe://example.org/ci/runner-7"),
          List.of("spiffe://example.org/ci/runner-7", "urn:peer:runner"),
          List.of("runner-7.ci.example.org"),
          List.of("runner", "a+b, c*d\\e"),
          List.of("CI", "Linux"),
          "CN=Team CA,O=Example");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "uri:spiffe://example.org/ci/runner-7",
        "uri:spiffe://example.org/ci/*",
        "uri:*",
        "uri:*runner",
        "uri:spiffe://*/ci/*-*",
        "uri:urn:peer:runner",
        "dns:*.ci.example.org",
        "dns:RUNNER-7.CI.example.ORG",
        "ou:CI",
        "ou:CI+ou:Linux",
        "cn:runner",
        "cn:a\\+b\\, c\\*d\\\\e",
        "issuer:CN=Team CA\\,O=Example",
        "issuer:CN=Team CA*",
        "ou:Windows,ou:Linux",
        " ou:Windows , ou:CI + cn:runner ",
        "cn:*r*n*n*r*"
      })
  void admitsWhomAnAlternativeMatches(String rule) {
    assertThat(AccessRule.parse(rule).admits(RUNNER)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "uri:spiffe://example.org/ci/",
        "uri:spiffe://example.org/ci/runner",
        "uri:spiffe://example.com/*",
        "uri:*/ci",
        "uri:spiffe://example.org/ci/runner-7*7",
        "dns:example.org",
        "dns:*.ci.example.com",
        "ou:ci",
        "ou:CI+ou:Windows",
        "ou:CI+cn:laptop,ou:Windows",
        "cn:a\\+b\\, c\\*x\\\\e",
        "cn:run\\*",
        "issuer:CN=Team CA",
        "uri:CI",
        "cn:*x*"
      })
  void admitsNobodyElse(String rule) {
    assertThat(AccessRule.parse(rule).admits(RUNNER)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t"})
  void admitsNobodyWhenEmpty(String rule) {
    assertThat(AccessRule.parse(rule).admits(RUNNER)).isFalse();
    assertThat(AccessRule.parse(rule)).hasToString("nobody");
  }

  @Test
  void aFileGivesAlternativesInLines() throws Exception {
    String file = "# who builds\n\n  ou:build+cn:laptop-* , ou:ops\r\nuri:spiffe://x/ci\n";

    assertThat(AccessRule.parseLines(file))
        .hasToString("ou:build+cn:laptop-*,ou:ops,uri:spiffe://x/ci");
    assertThat(AccessRule.parseLines("# nobody yet\n")).hasToString("nobody");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AccessRule.parseLines("ou:build\nbuild\n"))
        .withMessageContaining("build");
  }

  @Test
  void admitsEverybodyOnlyWhenToldSo() {
    assertThat(AccessRule.anyone().admits(RUNNER)).isTrue();
    assertThat(AccessRule.anyone()).hasToString("anyone");
    assertThat(AccessRule.parse(" anyone ").admits(RUNNER)).isTrue();
    assertThat(AccessRule.parse("nobody").admits(RUNNER)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "runner",
        "*",
        "cn:",
        "cn",
        ":x",
        "CN:x",
        "mail:x",
        "Anyone",
        "anyone,cn:x",
        "nobody+cn:x",
        "example.org/* => cn:x",
        "cn:x,",
        ",cn:x",
        "cn:x++ou:y",
        "cn:x+",
        "cn:x\\",
        "cn:\\x",
        "cn:x,,ou:y",
        "email:a\u001b[31m"
      })
  void refusesWhatIsNotARuleAndSaysWhatWasExpected(String rule) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AccessRule.parse(rule))
        .withMessageContaining("uri:, dns:, ou:, cn: or issuer:")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\u001b"));
  }

  @Test
  void refusesARuleThatIsTooLong() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AccessRule.parse("cn:" + "x".repeat(8192)));
  }

  @Test
  void isWrittenAsItIsRead() {
    String text = "ou:CI+cn:a\\+b\\, c\\*d\\\\e,dns:*.Example.org";

    assertThat(AccessRule.parse(text)).hasToString(text);
    assertThat(AccessRule.parse(" ou:CI + cn:x , uri:y ")).hasToString("ou:CI+cn:x,uri:y");
  }

  @Test
  void namesTheAlternativeThatAdmits() {
    assertThat(AccessRule.parse("ou:Windows, ou:Linux + cn:runner").admittedBy(RUNNER))
        .contains("ou:Linux+cn:runner");
    assertThat(AccessRule.parse("ou:Windows").admittedBy(RUNNER)).isEmpty();
  }

  @Test
  void namesWhatIsLackingForTheNearestAlternative() {
    assertThat(AccessRule.parse("ou:Windows+cn:x+dns:y,ou:CI+cn:laptop+ou:Mac").lacking(RUNNER))
        .containsExactly("cn:laptop", "ou:Mac");
    assertThat(AccessRule.parse("ou:Windows,ou:CI").lacking(RUNNER)).isEmpty();
    assertThat(AccessRule.parse("").lacking(RUNNER)).isEmpty();
    assertThat(AccessRule.anyone().lacking(RUNNER)).isEmpty();
  }

  @Test
  void offersTermsThatMatchAnIdentityExactly() {
    List<String> terms = AccessRule.termsFor(RUNNER);

    assertThat(terms)
        .contains("uri:urn:peer:runner", "cn:a\\+b\\, c\\*d\\\\e", "issuer:CN=Team CA\\,O=Example");
    assertThat(terms).hasSize(8).allMatch(term -> AccessRule.parse(term).admits(RUNNER));
    assertThat(AccessRule.parse(String.join("+", terms)).admits(RUNNER)).isTrue();
  }

  /** Every way to read the pattern would take longer than any test. */
  @Test
  @Timeout(300)
  void matchesPatternsOfManyStars() {
    AccessRule rule = AccessRule.parse("cn:" + "*a".repeat(3000) + "*b");
    Identity identity =
        new Identity(
            new PeerId("x"), List.of(), List.of(), List.of("a".repeat(1024)), List.of(), "CN=x");

    assertThat(rule.admits(identity)).isFalse();
  }
}
