package dev.peer.core.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedCachesTest {

  @Test
  void isWhatAGuestSaysEachNameOnce() throws Exception {
    assertThat(SharedCaches.parse("go/mod\ndeps\nv1.2_3+x@y-z\ngo/mod").names())
        .containsExactly("deps", "go/mod", "v1.2_3+x@y-z");
    assertThat(SharedCaches.parse("")).isEqualTo(SharedCaches.NONE);
  }

  /** The names are in the maker's statement, on terminals, and in patterns of the guest's find. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "..",
        ".",
        "../a",
        "a/..",
        "a/../b",
        "a/./b",
        "/a",
        "a/",
        "a//b",
        "a b",
        "a*",
        "[a]",
        "a\\b",
        "a\u001b[2J",
        "\u202ea",
        "ä",
        "a\tb",
        "a'b",
        "$a",
        "-\u0000"
      })
  void refusesANameThatIsMoreThanPlain(String name) {
    assertThatThrownBy(() -> SharedCaches.parse(name))
        .isInstanceOf(MalformedException.class)
        .hasMessageStartingWith("not the name of a shared cache: ");
  }

  @Test
  void takesNamesThatOnlyLookOdd() {
    List<String> names = List.of("-rf", "...", "..a", ".hidden", "a/.../b");

    assertThat(new SharedCaches(names).names()).containsExactlyInAnyOrderElementsOf(names);
  }

  @Test
  void boundsTheList() {
    List<String> most = IntStream.range(1_000, 1_800).mapToObj(Integer::toString).toList();

    assertThat(new SharedCaches(most).names()).hasSize(800);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new SharedCaches(
                    IntStream.range(1_000, 1_801).mapToObj(Integer::toString).toList()));
  }

  @Test
  void readsWhatItWrites() throws Exception {
    for (SharedCaches caches :
        List.of(SharedCaches.NONE, new SharedCaches(List.of("deps", "go/mod")))) {
      ObjectNode json = JsonTree.object();
      caches.write(json);

      StrictJson written = StrictJson.parse("test", JsonTree.bytes(json));
      assertThat(SharedCaches.read(written)).isEqualTo(caches);
      written.end();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "['b','a']", "['a','a']", "['../a']", "[1]", "'a'"})
  void refusesAnotherForm(String list) throws Exception {
    byte[] json =
        ("{'sharedCaches':" + list + "}").replace('\'', '"').getBytes(StandardCharsets.UTF_8);

    StrictJson parsed = StrictJson.parse("test", json);
    assertThatThrownBy(() -> SharedCaches.read(parsed)).isInstanceOf(MalformedException.class);
  }
}
