package dev.peer.cli.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CiPlatformTest {

  private static final Path EXAMPLES = Path.of("..", "..", "examples", "ci");

  @ParameterizedTest
  @EnumSource(CiPlatform.class)
  void theExampleIsWhatTheCommandPrints(CiPlatform platform) throws Exception {
    Path example = EXAMPLES.resolve(platform.toString()).resolve(platform.file());
    String stub = platform.stub(List.of("test", "lint"));
    if (Boolean.getBoolean("stubs.write")) {
      Files.createDirectories(example.getParent());
      Files.writeString(example, stub);
    }

    assertThat(example).hasContent(stub);
    assertThat(Files.readString(example)).isEqualTo(stub);
  }

  @ParameterizedTest
  @EnumSource(CiPlatform.class)
  void hasAJobForEachTargetAndNoLineTooLong(CiPlatform platform) {
    String stub = platform.stub(List.of("test", "lint"));

    assertThat(stub)
        .containsOnlyOnce("peer run --exit test")
        .containsOnlyOnce("peer run --exit lint")
        .contains("peer-test", "peer-lint");
    assertThat(stub.lines()).allMatch(line -> line.length() <= 125 && !line.endsWith(" "));
  }

  @ParameterizedTest
  @EnumSource(CiPlatform.class)
  void takesKeysFromTheSecretsAlone(CiPlatform platform) {
    assertThat(platform.stub(List.of("test")))
        .contains("PEER_CERT", "PEER_KEY", "PEER_CA")
        .doesNotContain("BEGIN");
  }

  @Test
  void targetsThatWouldHaveOneNameGetTwo() {
    assertThat(CiPlatform.GITHUB.stub(List.of("a.b", "a/b", "a.b")))
        .containsOnlyOnce("  peer-a-b:\n")
        .containsOnlyOnce("  peer-a-b-2:\n")
        .doesNotContain("peer-a-b-3");
  }

  @Test
  void quotesACommandThatYamlWouldReadOtherwise() {
    assertThat(CiPlatform.GITLAB.stub(List.of("all:"))).contains("- 'peer run --exit all:'\n");
  }

  @Test
  void refusesWhatIsNoTargetOrNoPlatform() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CiPlatform.GITHUB.stub(List.of("test; rm -r /")))
        .withMessageContaining("not an mk target");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CiPlatform.parse("travis"))
        .withMessageContaining("github, gitlab, forgejo, woodpecker, jenkins, buildkite");
  }
}
