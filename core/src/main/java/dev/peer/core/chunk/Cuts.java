package dev.peer.core.chunk;

/**
 * Where content is cut into chunks: at places that the bytes just before them choose, so that after
 * an insertion the same content is cut at the same places again. Gear hashing with two masks, as in
 * FastCDC: a chunk shorter than the average is cut at fewer places, a longer one at more.
 *
 * <p>The places are no secret and no format: whoever has the chunks of another need not know how
 * they were cut.
 */
public final class Cuts {

  private static final long SEED = 0x6a09e667f3bcc908L;
  private static final long[] GEAR = gear();

  /** By how many bits the two masks differ from the one of the average. */
  private static final int NORMAL = 2;

  private final int least;
  private final int average;
  private final int most;
  private final long seldom;
  private final long often;

  private Cuts(int least, int average, int most) {
    int bits = Integer.numberOfTrailingZeros(average);
    this.least = least;
    this.average = average;
    this.most = most;
    // The highest bits depend on the last 64 bytes, the lower ones on fewer.
    seldom = -1L << (Long.SIZE - bits - NORMAL);
    often = -1L << (Long.SIZE - bits + NORMAL);
  }

  /**
   * Chunks of about this size; the shortest have a quarter of it, the longest four times as much.
   *
   * @param average a power of two from 4096 to 2^28
   */
  public static Cuts around(int average) {
    if (Integer.bitCount(average) != 1 || average < 1 << 12 || average > 1 << 28) {
      throw new IllegalArgumentException("not a power of two from 4096 to 2^28: " + average);
    }
    return new Cuts(average / 4, average, 4 * average);
  }

  /** The most bytes of a chunk. */
  public int most() {
    return most;
  }

  /**
   * The length of the first chunk.
   *
   * @param bytes hold at least {@link #most} bytes, or all that is left of the content
   * @param length how many of them, from the first one, are content
   */
  public int first(byte[] bytes, int length) {
    int end = Math.min(length, most);
    int turn = Math.min(end, average);
    long hash = 0;
    int at = Math.min(end, least);
    for (; at < turn; at++) {
      hash = (hash << 1) + GEAR[bytes[at] & 0xff];
      if ((hash & seldom) == 0) {
        return at + 1;
      }
    }
    for (; at < end; at++) {
      hash = (hash << 1) + GEAR[bytes[at] & 0xff];
      if ((hash & often) == 0) {
        return at + 1;
      }
    }
    return end;
  }

  /** Any numbers do that look random: these are SplitMix64's. */
  private static long[] gear() {
    long[] gear = new long[256];
    long state = SEED;
    for (int i = 0; i < gear.length; i++) {
      state += 0x9e3779b97f4a7c15L;
      long mixed = (state ^ (state >>> 30)) * 0xbf58476d1ce4e5b9L;
      mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
      gear[i] = mixed ^ (mixed >>> 31);
    }
    return gear;
  }
}
