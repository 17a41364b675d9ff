package dev.peer.core.sign;

import dev.peer.core.record.PreparedRuntime;
import dev.peer.core.trust.Credentials;
import java.time.InstantSource;

/** Vouches for prepared runtimes as this peer. */
public final class RuntimeSigner {

  private final Credentials credentials;
  private final InstantSource clock;

  /** Signs with these. */
  public RuntimeSigner(Credentials credentials, InstantSource clock) {
    this.credentials = credentials;
    this.clock = clock;
  }

  /** Attests that this machine made the runtime as it says. */
  public Attestation sign(PreparedRuntime runtime) {
    RuntimeStatement statement = new RuntimeStatement(runtime, Vouching.of(credentials, clock));
    return Signatures.sign(credentials, statement.write()).write();
  }
}
