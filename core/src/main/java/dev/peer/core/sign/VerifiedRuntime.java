package dev.peer.core.sign;

import dev.peer.core.record.PreparedRuntime;
import dev.peer.core.record.RuntimeId;
import dev.peer.core.trust.Identity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A prepared runtime as its maker states it, whose signature and rule hold. */
public final class VerifiedRuntime {

  private final PreparedRuntime runtime;
  private final Identity maker;
  private final Instant signed;
  private final Attestation attestation;

  /** Only the verifier makes one. */
  VerifiedRuntime(
      PreparedRuntime runtime, Identity maker, Instant signed, Attestation attestation) {
    this.runtime = runtime;
    this.maker = maker;
    this.signed = signed;
    this.attestation = attestation;
  }

  /** What the maker states. */
  public PreparedRuntime runtime() {
    return runtime;
  }

  /** Who prepared and signed it. */
  public Identity maker() {
    return maker;
  }

  /** The runtimes that a disk comes from which is made of this one: this one is the last. */
  public List<RuntimeId> runtimes() {
    List<RuntimeId> runtimes = new ArrayList<>(runtime.made().runtimes());
    runtimes.add(new RuntimeId(maker.id(), runtime.content().digest()));
    return runtimes;
  }

  /** When the maker signed it. */
  public Instant signed() {
    return signed;
  }

  /** The envelope that was verified. */
  public Attestation attestation() {
    return attestation;
  }
}
