package dev.peer.core.find;

import dev.peer.core.id.PeerId;
import dev.peer.core.sign.VerifiedAttestation;
import java.util.List;
import java.util.Optional;

/**
 * Where a result of a run was seen. That of the bundle's bytes is not known.
 *
 * @param held the result that a replay would take, if its bundle holds too
 * @param failures the results before it that do not hold or could not be fetched
 * @param running the peers that are said to run it
 * @param failed the peers at which it is said to have failed
 * @param unavailable why no rendezvous could be asked, if so
 */
public record Survey(
    Optional<Place> held,
    List<Failure> failures,
    List<PeerId> running,
    List<LookupResult.Failure> failed,
    Optional<String> unavailable) {

  /** Copies the lists. */
  public Survey {
    failures = List.copyOf(failures);
    running = List.copyOf(running);
    failed = List.copyOf(failed);
  }

  /**
   * A result whose attestation holds.
   *
   * @param delivery how a replay would get its bundle, by what the holder says of it; empty if it
   *     is in the store
   */
  public record Place(Optional<Delivery> delivery, VerifiedAttestation attestation) {

    /** The peer that has it; empty if it is in the store. */
    public Optional<PeerId> holder() {
      return delivery.map(Delivery::holder);
    }
  }

  /**
   * A result that would not be taken.
   *
   * @param refused whether it was given and does not hold or count, and not only out of reach
   * @param why one line with the name of its holder
   */
  public record Failure(boolean refused, String why) {}

  /** Whether a result was given, and none that holds and counts. */
  public boolean onlyRefused() {
    return held.isEmpty() && failures.stream().anyMatch(Failure::refused);
  }
}
