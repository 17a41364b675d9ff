package dev.peer.core.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTreeTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "\"\"",
        "null",
        "{\"a\":[1,-2,2147483648,9223372036854775808,1.5,1e300,true,false,null,\"\\u0000é😀\\\"\"]}",
        " { \"b\" : { \"c\" : [ [ ] , { } ] } , \"a\" : \"x\" } "
      })
  void readsAndWritesAsJacksonsMapperDoes(String text) throws Exception {
    JsonMapper mapper = new JsonMapper();
    JsonNode tree = JsonTree.read(text.getBytes(UTF_8));

    assertThat(tree).isEqualTo(mapper.readTree(text));
    assertThat(JsonTree.text(tree)).isEqualTo(mapper.writeValueAsString(tree));
    assertThat(JsonTree.bytes(tree)).isEqualTo(mapper.writeValueAsBytes(tree));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1,}",
        "[1",
        "[1,]",
        "]",
        "}",
        "{} {}",
        "1 2",
        "{}x",
        "{\"a\":1,\"a\":2}",
        "{\"a\":{\"b\":1,\"b\":1}}",
        "01",
        "NaN",
        "'a'",
        "\"a",
        "\"\n\"",
        "// no\n1"
      })
  void refusesWhatIsNoJson(String text) {
    assertThatThrownBy(() -> JsonTree.read(text.getBytes(UTF_8))).isInstanceOf(IOException.class);
  }

  @Test
  void nothingIsAMissingValue() throws Exception {
    assertThat(JsonTree.read(new byte[0]).isMissingNode()).isTrue();
    assertThat(JsonTree.read(" \n".getBytes(UTF_8)).isMissingNode()).isTrue();
  }

  @Test
  void nestsTo32LevelsAndNoDeeper() throws Exception {
    assertThat(JsonTree.read(nested(32)).isArray()).isTrue();
    assertThatThrownBy(() -> JsonTree.read(nested(33))).isInstanceOf(IOException.class);
  }

  private static byte[] nested(int levels) {
    return ("[".repeat(levels) + "]".repeat(levels)).getBytes(UTF_8);
  }

  @Test
  void writesFieldsInTheirOrder() {
    ObjectNode object = JsonTree.object();
    object.put("b", 1).putNull("a");
    object.set("c", JsonTree.array().add("x"));

    assertThat(JsonTree.text(object)).isEqualTo("{\"b\":1,\"a\":null,\"c\":[\"x\"]}");
  }
}
