package dev.peer.core.id;

/** Names a run by everything that may shape its outcome: a digest over the run's inputs. */
public record RunKey(Digest digest) implements Comparable<RunKey> {

  /** Takes the 64 hexadecimal digits of the digest. */
  public static RunKey ofHex(String hex) {
    return new RunKey(Digest.ofHex(hex));
  }

  /** The 64 hexadecimal digits of the digest. */
  public String hex() {
    return digest.hex();
  }

  @Override
  public int compareTo(RunKey other) {
    return digest.compareTo(other.digest);
  }

  @Override
  public String toString() {
    return hex();
  }
}
