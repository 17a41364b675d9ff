package dev.peer.core.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Reads one JSON object from outside: each field once, each of the expected type, none unknown.
 *
 * <p>Read the fields with the typed methods, then call {@link #end()}. Every fault is a {@link
 * MalformedException} that names the field by its path.
 */
public final class StrictJson {

  private final String path;
  private final ObjectNode node;
  private final Set<String> read = new HashSet<>();

  private StrictJson(String path, JsonNode node) throws MalformedException {
    if (!(node instanceof ObjectNode object)) {
      throw new MalformedException(path + ": an object was expected");
    }
    this.path = path;
    this.node = object;
  }

  /**
   * Parses bytes that hold one JSON object.
   *
   * @param what names the bytes in messages
   */
  public static StrictJson parse(String what, byte[] bytes) throws MalformedException {
    try {
      return new StrictJson(what, JsonTree.read(bytes));
    } catch (IOException e) {
      throw new MalformedException(what + ": not JSON", e);
    }
  }

  /** The names of all fields. */
  public Set<String> fields() {
    Set<String> fields = new TreeSet<>();
    node.fieldNames().forEachRemaining(fields::add);
    return fields;
  }

  /** Whether the field is there. */
  public boolean has(String field) {
    return node.has(field);
  }

  /** The text in this field. */
  public String text(String field) throws MalformedException {
    JsonNode value = required(field);
    if (!value.isTextual()) {
      throw wrong(field, "a string");
    }
    return value.textValue();
  }

  /** The text in this field, if the field is there. */
  public Optional<String> optionalText(String field) throws MalformedException {
    return node.has(field) ? Optional.of(text(field)) : Optional.empty();
  }

  /** The value of this field, made by a factory that refuses malformed text. */
  public <T> T value(String field, Function<String, T> factory) throws MalformedException {
    return made(field, text(field), factory);
  }

  /** As {@link #value}, if the field is there. */
  public <T> Optional<T> optionalValue(String field, Function<String, T> factory)
      throws MalformedException {
    return node.has(field) ? Optional.of(value(field, factory)) : Optional.empty();
  }

  /** The time in this field. */
  public Instant instant(String field) throws MalformedException {
    return value(field, StrictJson::time);
  }

  private static Instant time(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("a time such as 2026-01-01T00:00:00Z was expected", e);
    }
  }

  /** The whole number in this field. */
  public long number(String field) throws MalformedException {
    JsonNode value = required(field);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw wrong(field, "a whole number");
    }
    return value.longValue();
  }

  /** The truth value in this field. */
  public boolean truth(String field) throws MalformedException {
    JsonNode value = required(field);
    if (!value.isBoolean()) {
      throw wrong(field, "true or false");
    }
    return value.booleanValue();
  }

  /** The object in this field, to be read and ended in turn. */
  public StrictJson object(String field) throws MalformedException {
    return new StrictJson(path + "." + field, required(field));
  }

  /** The objects of the array in this field, each to be read and ended in turn. */
  public List<StrictJson> objects(String field) throws MalformedException {
    List<StrictJson> objects = new ArrayList<>();
    for (JsonNode element : array(field)) {
      objects.add(new StrictJson(path + "." + field + "[" + objects.size() + "]", element));
    }
    return objects;
  }

  /** The texts of the array in this field. */
  public List<String> texts(String field) throws MalformedException {
    return values(field, Function.identity());
  }

  /** The texts of the array in this field, each made a value. */
  public <T> List<T> values(String field, Function<String, T> factory) throws MalformedException {
    List<T> values = new ArrayList<>();
    for (JsonNode element : array(field)) {
      if (!element.isTextual()) {
        throw wrong(field, "an array of strings");
      }
      values.add(made(field, element.textValue(), factory));
    }
    return values;
  }

  /** As {@link #values}; none if the field is not there. */
  public <T> List<T> optionalValues(String field, Function<String, T> factory)
      throws MalformedException {
    return node.has(field) ? values(field, factory) : List.of();
  }

  /** The object in this field as a map of texts. */
  public SortedMap<String, String> textMap(String field) throws MalformedException {
    if (!(required(field) instanceof ObjectNode object)) {
      throw wrong(field, "an object of strings");
    }
    SortedMap<String, String> map = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      if (!entry.getValue().isTextual()) {
        throw wrong(field, "an object of strings");
      }
      map.put(entry.getKey(), entry.getValue().textValue());
    }
    return map;
  }

  /** Refuses fields that were not read. */
  public void end() throws MalformedException {
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!read.contains(entry.getKey())) {
        throw new MalformedException(path + ": unknown field " + entry.getKey());
      }
    }
  }

  private JsonNode array(String field) throws MalformedException {
    JsonNode value = required(field);
    if (!value.isArray()) {
      throw wrong(field, "an array");
    }
    return value;
  }

  private JsonNode required(String field) throws MalformedException {
    JsonNode value = node.get(field);
    if (value == null) {
      throw new MalformedException(path + ": field " + field + " is missing");
    }
    read.add(field);
    return value;
  }

  private <T> T made(String field, String text, Function<String, T> factory)
      throws MalformedException {
    try {
      return factory.apply(text);
    } catch (IllegalArgumentException e) {
      throw new MalformedException(path + "." + field + ": " + e.getMessage(), e);
    }
  }

  private MalformedException wrong(String field, String expected) {
    return new MalformedException(path + "." + field + ": " + expected + " was expected");
  }
}
