package dev.peer.core.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.Architecture;
import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.TreeId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class KeyInputTest {

  private static final RunInputs BASE =
      inputs("1", Optional.empty(), "test", List.of("A=1"), Map.of("LANG", "C", "TZ", "UTC"));

  @Test
  void namesEveryInputWithItsValue() {
    assertThat(KeyInput.of(BASE))
        .extracting(KeyInput::name, KeyInput::value)
        .map(pair -> pair.toList().get(0) + "=" + pair.toList().get(1))
        .containsExactly(
            "format=1",
            "repository=example.org/a",
            "tree=" + "1".repeat(40),
            "target=test",
            "arguments=[\"A=1\"]",
            "variable LANG=C",
            "variable TZ=UTC",
            "image=sha256:" + "0".repeat(64),
            "architecture=x86_64",
            "network=none");
  }

  @Test
  void namesWhatIsNotAsUsual() {
    RunInputs asked =
        BASE.with(
            new TestOptions(
                    ContainerLimits.parse(List.of("core=0")), 2, new TreeSet<>(List.of("B", "A")))
                .withContainers());

    assertThat(KeyInput.differences(BASE, asked))
        .map(difference -> difference.there().orElseThrow())
        .extracting(input -> input.name() + "=" + input.value())
        .containsExactly("limits=core=0", "retries=2", "credentials=A,B", "containers=on");
  }

  @Test
  void runsOfOneKeyDifferInNothing() {
    assertThat(KeyInput.differences(BASE, BASE)).isEmpty();
  }

  @Test
  void namesWhatDiffersInTheOrderOfTheInputs() {
    RunInputs other =
        inputs(
            "2", Optional.of("3"), "test", List.of("A=1"), Map.of("LANG", "C.UTF-8", "HUE", "1"));

    assertThat(KeyInput.differences(BASE, other))
        .extracting(difference -> difference.either().name())
        .containsExactly("tree", "commit", "variable HUE", "variable LANG", "variable TZ");
    assertThat(KeyInput.differences(BASE, other).get(1).here()).isEmpty();
    assertThat(KeyInput.differences(BASE, other).get(4).there()).isEmpty();
  }

  @Test
  void argumentsThatReadAlikeDiffer() {
    RunInputs one = inputs("1", Optional.empty(), "test", List.of("a", "b"), Map.of());
    RunInputs other = inputs("1", Optional.empty(), "test", List.of("a\",\"b"), Map.of());

    assertThat(KeyInput.differences(one, other)).hasSize(1);
  }

  private static RunInputs inputs(
      String tree,
      Optional<String> commit,
      String target,
      List<String> arguments,
      Map<String, String> environment) {
    return new RunInputs(
        new RepoId("example.org/a"),
        new TreeId(tree.repeat(40)),
        commit.map(digit -> new CommitId(digit.repeat(40))),
        target,
        arguments,
        new TreeMap<>(environment),
        Digest.parse("sha256:" + "0".repeat(64)),
        Architecture.AMD64,
        NetworkMode.NONE);
  }
}
