package dev.peer.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.PeerId;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.util.Arrays;
import java.util.Locale;

/**
 * Reports that a peer does not confirm what a rendezvous said of it.
 *
 * @param peer the one that was named as a holder
 * @param fault its behaviour
 */
public record HolderReport(PeerId peer, Fault fault) {

  /** A holder's behaviour in place of sending the result. */
  public enum Fault {
    /** It could not be reached, or broke off. */
    UNREACHABLE,
    /** It said that it has no such result, or refused it to the caller. */
    REFUSED,
    /** It sent something else than the result, or is another peer. */
    WRONG;

    private String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    private static Fault of(String text) {
      return Arrays.stream(values())
          .filter(fault -> fault.text().equals(text))
          .findFirst()
          .orElseThrow(
              () -> new IllegalArgumentException("unreachable, refused or wrong expected"));
    }
  }

  /** Reads {@code {"peer":"...","fault":"unreachable"|"refused"|"wrong"}}. */
  public static HolderReport parse(byte[] json) throws MalformedException {
    StrictJson object = StrictJson.parse("report", json);
    PeerId peer = object.value("peer", PeerId::new);
    Fault fault = object.value("fault", Fault::of);
    object.end();
    return new HolderReport(peer, fault);
  }

  /** The form that {@link #parse} reads. */
  public byte[] json() {
    ObjectNode object = JsonTree.object();
    object.put("peer", peer.text());
    object.put("fault", fault.text());
    return JsonTree.bytes(object);
  }
}
