package dev.peer.pages;

/**
 * How a document gets its style, and what it allows itself.
 *
 * @param css the style sheet, for a document that is a single file; empty for a page of a server
 * @param policy the content security policy of such a document; a server sends its own
 */
public record PageFrame(String css, String policy) {

  /** A page of a server. */
  public static final PageFrame SERVED = new PageFrame("", "");

  /** Whether it is a single file. */
  public boolean isFile() {
    return !css.isEmpty();
  }
}
