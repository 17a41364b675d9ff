package dev.peer.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.PeerId;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.time.Duration;

/**
 * Tells a rendezvous that a result was taken instead of a run.
 *
 * @param peer the holder that gave it
 * @param saved how much time that saved, in milliseconds; 0 to 30 days
 */
public record HitReport(PeerId peer, Duration saved) {

  private static final Duration MOST = Duration.ofDays(30);

  /** Refuses a time that no hit saves. */
  public HitReport {
    if (saved.isNegative() || saved.compareTo(MOST) > 0) {
      throw new IllegalArgumentException("0 to " + MOST.toMillis() + " milliseconds expected");
    }
    saved = Duration.ofMillis(saved.toMillis());
  }

  /** A hit that may have saved more than can be told. */
  public static HitReport of(PeerId peer, Duration saved) {
    return new HitReport(peer, saved.compareTo(MOST) < 0 ? saved : MOST);
  }

  /** Reads {@code {"peer":"...","savedMilliseconds":...}}. */
  public static HitReport parse(byte[] json) throws MalformedException {
    StrictJson object = StrictJson.parse("hit", json);
    PeerId peer = object.value("peer", PeerId::new);
    long saved = object.number("savedMilliseconds");
    object.end();
    try {
      return new HitReport(peer, Duration.ofMillis(saved));
    } catch (IllegalArgumentException e) {
      throw new MalformedException("hit.savedMilliseconds: " + e.getMessage(), e);
    }
  }

  /** The form that {@link #parse} reads. */
  public byte[] json() {
    ObjectNode object = JsonTree.object();
    object.put("peer", peer.text());
    object.put("savedMilliseconds", saved.toMillis());
    return JsonTree.bytes(object);
  }
}
