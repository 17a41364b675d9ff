package dev.peer.wire;

import dev.peer.core.sign.Attestation;

/** The maximum sizes on the wire, in bytes unless a comment says otherwise. */
public final class Limits {

  /** A request line with all its headers. The longest repository id takes 6 KiB of it. */
  public static final int HEADERS = 16 << 10;

  /** Number of headers of a request. */
  public static final int HEADER_COUNT = 64;

  /** The body of a request. */
  public static final int REQUEST_BODY = 16 << 10;

  /** A time-stamp query. */
  public static final int TIMESTAMP_QUERY = 4 << 10;

  /** Any JSON body that a rendezvous or peer answers with, attestations apart. */
  public static final int ANSWER_BODY = 256 << 10;

  /** An attestation. */
  public static final int ATTESTATION = Attestation.LARGEST;

  /**
   * A bundle that comes with its attestation: a request is saved, and little lost if it is refused.
   */
  public static final int BUNDLE_AT_ONCE = 4 << 20;

  /** Number of addresses of one peer. */
  public static final int ADDRESSES = 8;

  /** Number of relays of one peer. */
  public static final int RELAYS = 4;

  /** Characters of an address. */
  public static final int ADDRESS = 300;

  /** Number of holders that a lookup gives. */
  public static final int HOLDERS = 16;

  /** Number of runs that are announced together; as many keys fit into a request's body. */
  public static final int RUNS = 200;

  /** Number of guest images that one lease names. */
  public static final int IMAGES = 32;

  /** The content of a frame of live output. */
  public static final int FRAME = 64 << 10;

  /** The number of followers of one run. */
  public static final int FOLLOWERS = 100;

  /** Seconds without a word after which a run that goes on is said to do so. */
  public static final int ALIVE_SECONDS = 3;

  /** Seconds that a lease may last. */
  public static final int LEASE_SECONDS = 60;

  private Limits() {}
}
