package dev.peer.core.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetPathsTest {

  private static final String GROUPS = "test => :!docs :!*.md; lint format => src tools";

  @ParameterizedTest
  @CsvSource({
    "test, src/a.c, true",
    "test, docs/a.c, false",
    "test, src/a.md, false",
    "lint, src/a.md, true",
    "format, tools/a, true",
    "format, other/a, false",
  })
  void aTargetHasItsOwnGroup(String target, String path, boolean counts) {
    assertThat(selects(TargetPaths.parse(GROUPS), List.of(target), path)).isEqualTo(counts);
  }

  @Test
  void aTargetWithoutAGroupHasEverything() {
    assertThat(TargetPaths.parse(GROUPS).of(List.of("build"))).isEmpty();
  }

  @Test
  void aGroupWithoutATargetIsForAllOthers() {
    TargetPaths paths = TargetPaths.parse("lint => tools ; src ;");
    assertThat(selects(paths, List.of("build"), "src/a")).isTrue();
    assertThat(selects(paths, List.of("build"), "tools/a")).isFalse();
    assertThat(selects(paths, List.of("lint"), "src/a")).isFalse();
  }

  @Test
  void aRunOfSeveralTargetsHasWhatAnyOfThemHas() {
    TargetPaths paths = TargetPaths.parse(GROUPS);
    assertThat(selects(paths, List.of("test", "lint"), "src/a.md")).isTrue();
    assertThat(selects(paths, List.of("test", "lint"), "docs/a")).isFalse();
    assertThat(paths.of(List.of("test", "build"))).isEmpty();
  }

  @Test
  void saysWhatMatchedNothing() {
    PathSelection selection = TargetPaths.parse("src :!*.md").of(List.of("test")).orElseThrow();
    selection.selects(bytes("src/a"), false);
    assertThat(selection.unmatched()).map(Pathspec::toString).containsExactly(":!*.md");
    selection.selects(bytes("README.md"), false);
    assertThat(selection.unmatched()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "=> src",
        "test =>",
        "test => a; test => b",
        "test test => a",
        "a; b",
        ":",
        ":(attr:x)a",
        ":(nonsense)a",
        ":(glob,literal)a",
        ":(glob",
        ":%a",
        "/etc",
        "../a",
        "a/../../b",
      })
  void refusesWhatIsNoSelection(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> TargetPaths.parse(text));
  }

  @Test
  void aPatternOfManyStarsTakesNoTime() {
    Pathspec pathspec = Pathspec.parse(":(glob)" + "**/*a".repeat(40) + "b");
    assertThat(pathspec.matches(bytes("a/".repeat(400)), false)).isFalse();
    assertThat(Pathspec.parse("*a".repeat(40) + "b").matches(bytes("a".repeat(4000)), false))
        .isFalse();
  }

  private static boolean selects(TargetPaths paths, List<String> targets, String path) {
    Optional<PathSelection> selection = paths.of(targets);
    return selection.isEmpty() || selection.get().selects(bytes(path), false);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
