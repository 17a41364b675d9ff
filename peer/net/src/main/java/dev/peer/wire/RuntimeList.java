package dev.peer.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import dev.peer.core.sign.Attestation;
import java.util.Base64;
import java.util.List;

/**
 * The attestations of the runtimes that a peer serves of a repository and a guest image. Nothing in
 * it is trusted.
 *
 * @param attestations at most {@link #MOST}
 */
public record RuntimeList(List<Attestation> attestations) {

  /** The most runtimes of a list. */
  public static final int MOST = 8;

  /** The most bytes of an attestation in it. */
  public static final int LARGEST_ATTESTATION = 256 << 10;

  /** The most bytes of a list. */
  public static final int LARGEST = MOST * (LARGEST_ATTESTATION / 3 * 4 + 8) + 32;

  /** Copies the list; refuses too many or too large attestations. */
  public RuntimeList {
    attestations = List.copyOf(attestations);
    if (attestations.size() > MOST) {
      throw new IllegalArgumentException("at most " + MOST + " runtimes were expected");
    }
    for (Attestation attestation : attestations) {
      if (attestation.bytes().length > LARGEST_ATTESTATION) {
        throw new IllegalArgumentException("the attestation of a runtime is too large");
      }
    }
  }

  /** Reads {@code {"runtimes":["...",...]}}, each an envelope in Base64. */
  public static RuntimeList parse(byte[] json) throws MalformedException {
    StrictJson object = StrictJson.parse("runtimes", json);
    List<Attestation> attestations =
        object.values("runtimes", text -> Attestation.of(Base64.getDecoder().decode(text)));
    object.end();
    try {
      return new RuntimeList(attestations);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("runtimes: " + e.getMessage(), e);
    }
  }

  /** The form that {@link #parse} reads. */
  public byte[] json() {
    ObjectNode object = JsonTree.object();
    ArrayNode array = object.putArray("runtimes");
    attestations.forEach(one -> array.add(Base64.getEncoder().encodeToString(one.bytes())));
    return JsonTree.bytes(object);
  }
}
