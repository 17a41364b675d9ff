package dev.peer.pages;

import dev.peer.http.ProblemException;
import java.io.IOException;
import java.util.Map;

/** Answers requests for the page of a relay. */
public final class RelayPages {

  private RelayPages() {}

  /** Whether it is a path of pages, with or without a query. */
  public static boolean has(String path) {
    return Pages.has(withoutQuery(path));
  }

  /** Answers a request for such a path. */
  public static void serve(RelayCall call, RelaySource source)
      throws ProblemException, IOException {
    String path = withoutQuery(call.path());
    if (path.equals("/")) {
      call.isOf("/");
      call.answer(303, PageReplies.HTML, new byte[0], Map.of("Location", PagePath.ROOT));
      return;
    }
    try {
      answer(call, PageReplies.path(path), source);
    } catch (ProblemException e) {
      PageReplies.problem(call, e);
    }
  }

  private static void answer(RelayCall call, PagePath path, RelaySource source)
      throws ProblemException, IOException {
    call.isOf(path.template());
    switch (path) {
      case PagePath.Style _ ->
          call.answer(200, PageReplies.CSS, Documents.style(), PageReplies.PROTECTION);
      case PagePath.Results _ ->
          call.answer(200, PageReplies.HTML, Documents.relay(source.now()), PageReplies.PROTECTION);
      default -> throw ProblemException.noSuchPath();
    }
  }

  private static String withoutQuery(String path) {
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }
}
