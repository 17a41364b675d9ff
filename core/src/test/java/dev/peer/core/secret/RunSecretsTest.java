package dev.peer.core.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Which stage gets which secret. */
class RunSecretsTest {

  private static final Map<String, SecretValue> VALUES =
      Map.of(
          "KEY", SecretValue.of("the test's key"),
          "NPM", SecretValue.of("the registry's"),
          "TOKEN", SecretValue.of("one for both"));

  private static SortedSet<String> names(String... names) {
    return new TreeSet<>(List.of(names));
  }

  @Test
  void givesEachStageItsOwnAndMasksAllInAll() throws Exception {
    RunSecrets secrets = RunSecrets.of(VALUES, names("KEY", "TOKEN"), names("NPM", "TOKEN"));

    assertThat(secrets.test().names()).containsExactly("KEY", "TOKEN");
    assertThat(secrets.preparation().names()).containsExactly("NPM", "TOKEN");
    assertThat(secrets.all().mask("the test's key, the registry's, one for both"))
        .isEqualTo("***, ***, ***");
    assertThat(secrets).hasToString("[KEY, NPM, TOKEN]");
  }

  @Test
  void refusesANameWithoutAValue() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RunSecrets.of(VALUES, names("KEY"), names("OTHER")))
        .withMessageContaining("OTHER");
  }
}
