package dev.peer.core.key;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunInputsTest {

  private static final RunInputs BASE =
      inputs("example.org/a", "1", Optional.empty(), "test", List.of(), Map.of(), "none");

  @Test
  void keysAreTheDigestOfTheCanonicalJson() {
    RunInputs inputs =
        inputs(
            "example.org/a",
            "1",
            Optional.empty(),
            "test",
            List.of("B=1", "A"),
            Map.of("Z", "\u20ac\n", "A", ""),
            "none");

    assertThat(new String(inputs.canonicalJson(), UTF_8))
        .isEqualTo(
            "{\"architecture\":\"x86_64\",\"arguments\":[\"B=1\",\"A\"],\"environment\":{\"A\":\"\",\"Z\":\"\u20ac\\n"
                + "\"},\"format\":1,\"image\":\"sha256:"
                + "0".repeat(64)
                + "\",\"network\":\"none\",\"repo\":\"example.org/a\",\"target\":\"test\",\"tree\":\""
                + "1".repeat(40)
                + "\"}");
    assertThat(inputs.key().digest()).isEqualTo(Digest.of(inputs.canonicalJson()));
  }

  static Stream<RunInputs> differentInputs() {
    return Stream.of(
        inputs("example.org/b", "1", Optional.empty(), "test", List.of(), Map.of(), "none"),
        inputs("example.org/a", "2", Optional.empty(), "test", List.of(), Map.of(), "none"),
        inputs("example.org/a", "1", Optional.of("3"), "test", List.of(), Map.of(), "none"),
        inputs("example.org/a", "1", Optional.empty(), "lint", List.of(), Map.of(), "none"),
        inputs("example.org/a", "1", Optional.empty(), "test", List.of("x"), Map.of(), "none"),
        inputs("example.org/a", "1", Optional.empty(), "test", List.of(), Map.of("A", ""), "none"),
        inputs("example.org/a", "1", Optional.empty(), "test", List.of(), Map.of(), "open"),
        BASE.with(new TestOptions(ContainerLimits.parse(List.of("shm=1G")), 0)),
        BASE.with(new TestOptions(ContainerLimits.DEFAULT, 1)),
        BASE.with(TestOptions.DEFAULT.withContainers()),
        BASE.with(new TestOptions(ContainerLimits.DEFAULT, 0, new TreeSet<>(List.of("TOKEN")))));
  }

  @Test
  void whatIsAsUsualIsNotInTheKeySoThatKeysOfOlderPeersStay() {
    RunInputs asUsual = BASE.with(new TestOptions(ContainerLimits.parse(List.of()), 0));
    RunInputs asked =
        BASE.with(
            new TestOptions(
                    ContainerLimits.parse(List.of("core=0")), 2, new TreeSet<>(List.of("B", "A")))
                .withContainers());

    assertThat(asUsual.canonicalJson()).isEqualTo(BASE.canonicalJson());
    assertThat(new String(asked.canonicalJson(), UTF_8))
        .contains("\"containerLimits\":\"core=0\",\"containers\":true,")
        .contains("\"prepareSecrets\":[\"A\",\"B\"],")
        .contains("\"retries\":2,");
  }

  @Test
  void tagsCountWithTheirCommit() {
    Optional<CommitId> commit = Optional.of(new CommitId("3".repeat(40)));
    RunInputs without = BASE.of(BASE.tree(), commit, Optional.empty());
    RunInputs none = BASE.of(BASE.tree(), commit, Optional.of(Digest.of(new byte[0])));
    RunInputs some = BASE.of(BASE.tree(), commit, Optional.of(Digest.of(new byte[1])));

    assertThat(Stream.of(without, none, some).map(RunInputs::key)).doesNotHaveDuplicates();
    assertThat(new String(without.canonicalJson(), UTF_8)).doesNotContain("tags");
    assertThat(KeyInput.differences(none, some))
        .map(difference -> difference.either().kind())
        .containsExactly(KeyInput.Kind.TAGS);
    assertThatThrownBy(() -> BASE.of(BASE.tree(), Optional.empty(), some.tags()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @MethodSource("differentInputs")
  void everyInputCounts(RunInputs different) {
    assertThat(different.key()).isNotEqualTo(BASE.key());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-n", "a b", "a;b", "$x", "a\nb", "a'b"})
  void refusesWhatIsNoTarget(String target) {
    assertThatThrownBy(
            () -> inputs("a", "1", Optional.empty(), target, List.of(), Map.of(), "none"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("target");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1A", "A-B", "A=B", "\u00c4"})
  void refusesWhatIsNoVariablesName(String name) {
    assertThatThrownBy(
            () -> inputs("a", "1", Optional.empty(), "test", List.of(), Map.of(name, "x"), "none"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("variable");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ud800", "\udfff\ud800", "a\u0000b", "A=\ufffd\ufffd"})
  void refusesValuesThatAreNoText(String value) {
    assertThatThrownBy(
            () -> inputs("a", "1", Optional.empty(), "test", List.of(), Map.of("A", value), "none"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> inputs("a", "1", Optional.empty(), "test", List.of(value), Map.of(), "none"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static RunInputs inputs(
      String repo,
      String tree,
      Optional<String> commit,
      String target,
      List<String> arguments,
      Map<String, String> environment,
      String network) {
    return new RunInputs(
        new RepoId(repo),
        new TreeId(tree.repeat(40)),
        commit.map(digit -> new CommitId(digit.repeat(40))),
        target,
        arguments,
        new TreeMap<>(environment),
        Digest.ofHex("0".repeat(64)),
        Architecture.AMD64,
        NetworkMode.parse(network));
  }
}
