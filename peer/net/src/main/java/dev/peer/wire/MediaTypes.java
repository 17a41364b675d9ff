package dev.peer.wire;

/** The media types on the wire. */
public final class MediaTypes {

  public static final String JSON = "application/json";

  /** RFC 9457. */
  public static final String PROBLEM = "application/problem+json";

  /** A DSSE envelope. */
  public static final String ATTESTATION = "application/vnd.dsse.envelope.v1+json";

  /** Server-sent events. */
  public static final String EVENTS = "text/event-stream";

  /** A bundle. */
  public static final String BUNDLE = "application/zstd";

  /** An attestation and its bundle, in the form of {@link WholeResult}. */
  public static final String RESULT = "application/vnd.dev.peer.result";

  /** The list of a bundle's chunks, in the form of {@link dev.peer.core.chunk.ChunkList}. */
  public static final String CHUNKS = "application/vnd.dev.peer.chunks";

  /** What makes a runtime of a former one, as {@link dev.peer.core.record.DeltaReader} reads it. */
  public static final String DELTA = "application/vnd.dev.peer.delta";

  /** The output of a run as it comes, in {@linkplain OutputFrame frames}. */
  public static final String RUN_OUTPUT = "application/vnd.dev.peer.run-output";

  /** A query to a time-stamping authority (RFC 3161). */
  public static final String TIMESTAMP_QUERY = "application/timestamp-query";

  /** The answer to it. */
  public static final String TIMESTAMP_REPLY = "application/timestamp-reply";

  /** A file of a guest image. */
  public static final String BYTES = "application/octet-stream";

  /** The header of every answer, with {@link #NO_SNIFF}: a browser takes no type for another. */
  public static final String OPTIONS_HEADER = "X-Content-Type-Options";

  public static final String NO_SNIFF = "nosniff";

  private MediaTypes() {}
}
