package dev.peer.pages;

import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.MalformedException;
import dev.peer.wire.PercentEncoding;
import java.util.Locale;
import java.util.Optional;

/**
 * Which announcements of a repository to show.
 *
 * @param key how the run key begins; empty: any
 * @param page the number of the page of results, from 1
 */
public record RepositoryQuery(RepoId repo, String key, int page) {

  private static final int WHOLE = 64;

  /**
   * Reads the query of a request. Empty: it names no repository.
   *
   * @throws MalformedException if it is none
   */
  static Optional<RepositoryQuery> parse(String query) throws MalformedException {
    FormQuery form = FormQuery.parse(query);
    if (form.text("repo").isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new RepositoryQuery(
              new RepoId(form.text("repo")),
              form.text("key").toLowerCase(Locale.ROOT),
              form.page()));
    } catch (IllegalArgumentException e) {
      throw new MalformedException("query: " + e.getMessage(), e);
    }
  }

  /** The run that it asks for, if it has a whole key. */
  Optional<RunKey> run() {
    return key.matches("[0-9a-f]{" + WHOLE + "}")
        ? Optional.of(RunKey.ofHex(key))
        : Optional.empty();
  }

  boolean takes(RunKey run) {
    return run.hex().startsWith(key);
  }

  RepositoryQuery onPage(int other) {
    return new RepositoryQuery(repo, key, other);
  }

  /** The address of the page with this query. */
  public String link() {
    return PagePath.ROOT
        + "?repo="
        + PercentEncoding.encode(repo.text())
        + "&page="
        + page
        + (key.isEmpty() ? "" : "&key=" + PercentEncoding.encode(key));
  }
}
