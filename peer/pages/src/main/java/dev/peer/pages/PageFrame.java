package dev.peer.pages;

/**
 * How a document gets its style, what it allows itself, and what it belongs to.
 *
 * @param css the style sheet, for a document that is a single file; empty for a page of a server
 * @param policy the content security policy of such a document; a server sends its own
 * @param home the name of the first page of the server; empty for a document that is a single file
 */
public record PageFrame(String css, String policy, String home) {

  /** A page of a peer. */
  public static final PageFrame SERVED = new PageFrame("", "", "peer: results");

  /** A page of a rendezvous. */
  public static final PageFrame RENDEZVOUS = new PageFrame("", "", "peer: rendezvous");

  /** The page of a relay. */
  public static final PageFrame RELAY = new PageFrame("", "", "peer: relay");

  /** Whether it is a single file. */
  public boolean isFile() {
    return !css.isEmpty();
  }
}
