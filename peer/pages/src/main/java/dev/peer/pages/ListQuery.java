package dev.peer.pages;

import dev.peer.core.record.MalformedException;
import dev.peer.core.store.RunSummary;
import dev.peer.wire.PercentEncoding;
import java.util.Locale;

/**
 * Which results a list is to show. An empty text is no condition.
 *
 * @param repo the repository's name
 * @param target a part of the target and its arguments
 * @param tree how the tree's id begins
 * @param signer a part of the signer's name
 * @param page the number of the page, from 1
 */
public record ListQuery(String repo, String target, String tree, String signer, int page) {

  private static final int LONGEST = 1024;
  private static final int LAST_PAGE = 1_000_000;

  /**
   * Reads the query of a request, as forms of browsers write it; fields that are not known are
   * passed over.
   *
   * @throws MalformedException if it is none
   */
  static ListQuery parse(String query) throws MalformedException {
    if (query.length() > LONGEST) {
      throw new MalformedException("query: at most " + LONGEST + " characters are read");
    }
    ListQuery read = new ListQuery("", "", "", "", 1);
    for (String field : query.split("&", -1)) {
      int equals = field.indexOf('=');
      if (equals > 0) {
        String value = PercentEncoding.decode(field.substring(equals + 1).replace("+", "%20"));
        read = read.with(field.substring(0, equals), value.strip());
      }
    }
    return read;
  }

  private ListQuery with(String name, String value) throws MalformedException {
    return switch (name) {
      case "repo" -> new ListQuery(value, target, tree, signer, page);
      case "target" -> new ListQuery(repo, value, tree, signer, page);
      case "tree" -> new ListQuery(repo, target, value.toLowerCase(Locale.ROOT), signer, page);
      case "signer" -> new ListQuery(repo, target, tree, value, page);
      case "page" -> onPage(number(value));
      default -> this;
    };
  }

  private static int number(String text) throws MalformedException {
    if (!text.matches("[1-9][0-9]{0,6}") || Integer.parseInt(text) > LAST_PAGE) {
      throw new MalformedException("query: page: a number from 1 was expected");
    }
    return Integer.parseInt(text);
  }

  ListQuery onPage(int other) {
    return new ListQuery(repo, target, tree, signer, other);
  }

  boolean takes(RunSummary run) {
    return (repo.isEmpty() || run.subject().repo().text().equals(repo))
        && run.subject().target().contains(target)
        && run.subject().tree().hex().startsWith(tree)
        && run.signer().text().contains(signer);
  }

  /** Whether it has a condition. */
  public boolean isFiltered() {
    return !(repo + target + tree + signer).isEmpty();
  }

  /** The list's address with this query. */
  public String link() {
    StringBuilder link = new StringBuilder(PagePath.ROOT).append("?page=").append(page);
    add(link, "repo", repo);
    add(link, "target", target);
    add(link, "tree", tree);
    add(link, "signer", signer);
    return link.toString();
  }

  private static void add(StringBuilder link, String name, String value) {
    if (!value.isEmpty()) {
      link.append('&').append(name).append('=').append(PercentEncoding.encode(value));
    }
  }
}
