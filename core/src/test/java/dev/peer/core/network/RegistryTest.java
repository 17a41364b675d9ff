package dev.peer.core.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryTest {

  @ParameterizedTest
  @CsvSource({
    "docker.io, docker.io, https://registry-1.docker.io/",
    "Registry.Example.org:5000, registry.example.org:5000, https://registry.example.org:5000/",
    "http://10.0.2.2:5000, 10.0.2.2:5000, http://10.0.2.2:5000/",
    "[2001:db8::7]:443, [2001:db8::7]:443, https://[2001:db8::7]:443/"
  })
  void isWhereItsServerIs(String text, String name, URI server) {
    assertThat(Registry.parse(text))
        .singleElement()
        .satisfies(
            registry -> {
              assertThat(registry).hasToString(name);
              assertThat(registry.server()).isEqualTo(server);
            });
  }

  @Test
  void isOneOfAListOrNone() {
    assertThat(Registry.parse("docker.io, http://a:1\tquay.io"))
        .extracting(Registry::toString)
        .containsExactly("docker.io", "a:1", "quay.io");
    assertThat(Registry.parse("none")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "docker.io,none/x",
        "https://docker.io",
        "docker.io/library",
        "a,http://a",
        "a b a"
      })
  void isNothingElse(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Registry.parse(text));
  }

  @Test
  void hasALimitedNumberOfOthers() {
    String most =
        IntStream.range(0, Registry.MOST).mapToObj(i -> "r" + i).collect(Collectors.joining(","));

    assertThat(Registry.parse(most)).hasSize(Registry.MOST);
    assertThatIllegalArgumentException().isThrownBy(() -> Registry.parse(most + ",more"));
  }
}
