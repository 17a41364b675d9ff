package dev.peer.core.sign;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Digest;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.util.List;
import java.util.function.Consumer;

/**
 * A kind of statement in which a peer vouches for content: an in-toto statement (v1) with a
 * predicate of our own, about one subject.
 *
 * <p>Reading refuses other predicates, other versions of this one, and fields that are not known
 * here.
 *
 * @param predicateType the URI of its predicate
 * @param subject the name of its subject
 * @param what the subject in messages
 */
record StatementKind(String predicateType, String subject, String what) {

  private static final String TYPE = "https://in-toto.io/Statement/v1";

  /** Reads what a kind of statement has of its own. */
  @FunctionalInterface
  interface PredicateReader<T> {

    T read(Digest content, StrictJson predicate) throws MalformedException;
  }

  /** The bytes to be signed. */
  byte[] write(Digest content, Consumer<ObjectNode> predicate) {
    ObjectNode json = JsonTree.object();
    json.put("_type", TYPE);
    ObjectNode named = json.putArray("subject").addObject();
    named.put("name", subject);
    named.putObject("digest").put("sha256", content.hex());
    json.put("predicateType", predicateType);
    predicate.accept(json.putObject("predicate"));
    return JsonTree.bytes(json);
  }

  /** Reads signed bytes. */
  <T> T read(byte[] payload, PredicateReader<T> reader) throws MalformedException {
    StrictJson json = StrictJson.parse("statement", payload);
    requireText(json, "_type", TYPE);
    if (!json.text("predicateType").equals(predicateType)) {
      throw new MalformedException(
          "statement: it does not vouch for "
              + what
              + " in a form that this peer knows ("
              + predicateType
              + ")");
    }
    List<StrictJson> subjects = json.objects("subject");
    StrictJson predicate = json.object("predicate");
    json.end();
    if (subjects.size() != 1) {
      throw new MalformedException("statement: exactly one subject was expected");
    }
    T read = reader.read(content(subjects.getFirst()), predicate);
    predicate.end();
    return read;
  }

  private Digest content(StrictJson named) throws MalformedException {
    requireText(named, "name", subject);
    StrictJson digest = named.object("digest");
    Digest content = digest.value("sha256", Digest::ofHex);
    digest.end();
    named.end();
    return content;
  }

  private static void requireText(StrictJson json, String field, String expected)
      throws MalformedException {
    if (!json.text(field).equals(expected)) {
      throw new MalformedException("statement: " + field + " is not " + expected);
    }
  }
}
