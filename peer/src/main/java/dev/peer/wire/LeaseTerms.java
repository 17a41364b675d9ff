package dev.peer.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.time.Duration;

/**
 * How long a lease lasts, and when to renew it.
 *
 * @param renewAfter whole seconds, at least 1
 * @param expiresAfter whole seconds, more than {@code renewAfter} and at most 60
 */
public record LeaseTerms(Duration renewAfter, Duration expiresAfter) {

  /** Refuses terms that can not be kept. */
  public LeaseTerms {
    if (renewAfter.toSeconds() < 1
        || expiresAfter.compareTo(renewAfter) <= 0
        || expiresAfter.toSeconds() > Limits.LEASE_SECONDS) {
      throw new IllegalArgumentException(
          "renewal after at least 1 s and before expiry, expiry after at most "
              + Limits.LEASE_SECONDS
              + " s expected");
    }
  }

  /** Reads {@code {"renewAfterSeconds":n,"expiresAfterSeconds":m}}. */
  public static LeaseTerms parse(byte[] json) throws MalformedException {
    StrictJson object = StrictJson.parse("lease terms", json);
    Duration renewAfter = Duration.ofSeconds(object.number("renewAfterSeconds"));
    Duration expiresAfter = Duration.ofSeconds(object.number("expiresAfterSeconds"));
    object.end();
    try {
      return new LeaseTerms(renewAfter, expiresAfter);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("lease terms: " + e.getMessage(), e);
    }
  }

  /** The form that {@link #parse} reads. */
  public byte[] json() {
    ObjectNode object = StrictJson.object();
    object.put("renewAfterSeconds", renewAfter.toSeconds());
    object.put("expiresAfterSeconds", expiresAfter.toSeconds());
    return StrictJson.bytes(object);
  }
}
