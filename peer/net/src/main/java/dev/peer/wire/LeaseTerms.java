package dev.peer.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Printable;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How long a lease lasts, and when to renew it.
 *
 * @param renewAfter whole seconds, at least 1
 * @param expiresAfter whole seconds, more than {@code renewAfter} and at most 60
 * @param lease the lease's id, 1 to 64 letters and digits: with a new id the earlier announcements
 *     are lost, whoever granted it
 */
public record LeaseTerms(Duration renewAfter, Duration expiresAfter, Optional<String> lease) {

  private static final Pattern LEASE = Pattern.compile("[0-9A-Za-z]{1,64}");

  /** Terms of leases that are not told apart. */
  public LeaseTerms(Duration renewAfter, Duration expiresAfter) {
    this(renewAfter, expiresAfter, Optional.empty());
  }

  /** Refuses impossible terms. */
  public LeaseTerms {
    if (renewAfter.toSeconds() < 1
        || expiresAfter.compareTo(renewAfter) <= 0
        || expiresAfter.toSeconds() > Limits.LEASE_SECONDS) {
      throw new IllegalArgumentException(
          "renewal after at least 1 s and before expiry, expiry after at most "
              + Limits.LEASE_SECONDS
              + " s expected");
    }
    if (lease.filter(text -> !LEASE.matcher(text).matches()).isPresent()) {
      throw new IllegalArgumentException(
          "not a lease (1 to 64 letters and digits expected): " + Printable.of(lease.get()));
    }
  }

  /** The same terms, of this lease. */
  public LeaseTerms of(String which) {
    return new LeaseTerms(renewAfter, expiresAfter, Optional.of(which));
  }

  /**
   * Reads {@code {"renewAfterSeconds":n,"expiresAfterSeconds":m,"lease":"..."}}, where the lease
   * may be missing.
   */
  public static LeaseTerms parse(byte[] json) throws MalformedException {
    StrictJson object = StrictJson.parse("lease terms", json);
    Duration renewAfter = Duration.ofSeconds(object.number("renewAfterSeconds"));
    Duration expiresAfter = Duration.ofSeconds(object.number("expiresAfterSeconds"));
    Optional<String> lease = object.optionalText("lease");
    object.end();
    try {
      return new LeaseTerms(renewAfter, expiresAfter, lease);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("lease terms: " + e.getMessage(), e);
    }
  }

  /** The form that {@link #parse} reads. */
  public byte[] json() {
    ObjectNode object = JsonTree.object();
    object.put("renewAfterSeconds", renewAfter.toSeconds());
    object.put("expiresAfterSeconds", expiresAfter.toSeconds());
    lease.ifPresent(which -> object.put("lease", which));
    return JsonTree.bytes(object);
  }
}
