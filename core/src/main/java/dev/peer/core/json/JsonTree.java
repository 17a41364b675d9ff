package dev.peer.core.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Map;

/** A tree of JSON values, as text. */
public final class JsonTree {

  private static final int DEEPEST = 32;
  private static final JsonFactory TEXT =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private static final JsonNodeFactory VALUES = JsonNodeFactory.instance;

  private JsonTree() {}

  /** An object without fields. */
  public static ObjectNode object() {
    return VALUES.objectNode();
  }

  /** An array without elements. */
  public static ArrayNode array() {
    return VALUES.arrayNode();
  }

  /**
   * The one value in these bytes; a missing one if they hold none.
   *
   * @throws IOException if they are not JSON, hold more, nest deeper than 32 levels, or name a
   *     field of one object twice
   */
  public static JsonNode read(byte[] bytes) throws IOException {
    try (JsonParser parser = TEXT.createParser(bytes)) {
      JsonNode root = parser.nextToken() == null ? MissingNode.getInstance() : value(parser);
      if (parser.nextToken() != null) {
        throw new JsonParseException(parser, "something follows the value");
      }
      return root;
    }
  }

  private static JsonNode value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> fields(parser);
      case START_ARRAY -> elements(parser);
      case VALUE_STRING -> VALUES.textNode(parser.getText());
      case VALUE_NUMBER_INT -> wholeNumber(parser);
      case VALUE_NUMBER_FLOAT -> VALUES.numberNode(parser.getDoubleValue());
      case VALUE_TRUE, VALUE_FALSE -> VALUES.booleanNode(parser.getBooleanValue());
      case VALUE_NULL -> VALUES.nullNode();
      default -> throw new JsonParseException(parser, "a value was expected");
    };
  }

  private static ObjectNode fields(JsonParser parser) throws IOException {
    ObjectNode object = object();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      object.set(name, value(parser));
    }
    return object;
  }

  private static ArrayNode elements(JsonParser parser) throws IOException {
    ArrayNode array = array();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      array.add(value(parser));
    }
    return array;
  }

  private static JsonNode wholeNumber(JsonParser parser) throws IOException {
    return switch (parser.getNumberType()) {
      case INT -> VALUES.numberNode(parser.getIntValue());
      case LONG -> VALUES.numberNode(parser.getLongValue());
      default -> VALUES.numberNode(parser.getBigIntegerValue());
    };
  }

  /** The tree's bytes: compact, fields in their order. */
  public static byte[] bytes(JsonNode tree) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    write(tree, () -> TEXT.createGenerator(bytes));
    return bytes.toByteArray();
  }

  /** The tree's text: compact, fields in their order. */
  public static String text(JsonNode tree) {
    StringWriter text = new StringWriter();
    write(tree, () -> TEXT.createGenerator(text));
    return text.toString();
  }

  private interface Writing {

    JsonGenerator begin() throws IOException;
  }

  private static void write(JsonNode tree, Writing writing) {
    try (JsonGenerator generator = writing.begin()) {
      write(generator, tree);
    } catch (IOException e) {
      throw new IllegalStateException("a tree of values is always JSON", e);
    }
  }

  private static void write(JsonGenerator generator, JsonNode value) throws IOException {
    switch (value.getNodeType()) {
      case OBJECT -> {
        generator.writeStartObject();
        for (Map.Entry<String, JsonNode> field : value.properties()) {
          generator.writeFieldName(field.getKey());
          write(generator, field.getValue());
        }
        generator.writeEndObject();
      }
      case ARRAY -> {
        generator.writeStartArray();
        for (JsonNode element : value) {
          write(generator, element);
        }
        generator.writeEndArray();
      }
      case NULL -> generator.writeNull();
      default -> value.serialize(generator, null);
    }
  }
}
