package dev.peer.pages;

import dev.peer.core.id.RunKey;
import dev.peer.core.id.TreeId;

/** The paths of a peer's pages, for links from elsewhere. */
public final class PageLinks {

  private PageLinks() {}

  /** The list of results. */
  public static String results() {
    return PagePath.ROOT;
  }

  /** The results of one tree. */
  public static String results(TreeId tree) {
    return new ListQuery("", "", tree.hex(), "", 1).link();
  }

  /** One result. */
  public static String result(RunKey key) {
    return new PagePath.Result(key).text();
  }
}
