package dev.peer.core.sign;

import dev.peer.core.record.MalformedException;

/** The parsers of evidence, which nothing outside the package may call, for fuzzing. */
public final class EnvelopeBytes {

  private EnvelopeBytes() {}

  /** Takes an envelope and writes it anew. */
  public static byte[] rewriteEnvelope(byte[] bytes) throws MalformedException {
    return Envelope.read(Attestation.of(bytes)).write().bytes();
  }

  /** Takes a statement and writes it anew. */
  public static byte[] rewriteStatement(byte[] bytes) throws MalformedException {
    return Statement.read(bytes).write();
  }

  /** Takes a statement about a guest image and writes it anew. */
  public static byte[] rewriteImageStatement(byte[] bytes) throws MalformedException {
    return ImageStatement.read(bytes).write();
  }

  /** The statement in an envelope. */
  public static byte[] statementOf(Attestation attestation) throws MalformedException {
    return Envelope.read(attestation).payload();
  }
}
