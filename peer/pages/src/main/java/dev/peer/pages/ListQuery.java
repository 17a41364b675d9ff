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

  /**
   * Reads the query of a request; fields that are not known are passed over.
   *
   * @throws MalformedException if it is none
   */
  static ListQuery parse(String query) throws MalformedException {
    FormQuery form = FormQuery.parse(query);
    return new ListQuery(
        form.text("repo"),
        form.text("target"),
        form.text("tree").toLowerCase(Locale.ROOT),
        form.text("signer"),
        form.page());
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
