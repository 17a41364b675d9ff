package dev.peer.core.id;

/**
 * Names a peer after its certificate: the first URI subject alternative name, else the first DNS
 * one, else the subject's RFC 2253 form. A renewed certificate names the same peer.
 */
public record PeerId(String text) implements Comparable<PeerId> {

  private static final int LONGEST = 1024;

  /** Takes the name as the certificate gives it. */
  public PeerId {
    if (text.isBlank() || text.length() > LONGEST || !Printable.plain(text).equals(text)) {
      throw new IllegalArgumentException(
          "not a peer id (1 to 1024 visible characters expected): " + Printable.of(text));
    }
  }

  @Override
  public int compareTo(PeerId other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
