package dev.peer.pages;

import dev.peer.core.record.MalformedException;
import dev.peer.http.HttpCall;
import dev.peer.http.ProblemException;
import dev.peer.wire.Problem;
import java.io.IOException;

/** Answers with pages, each with what the browser may not do with it. */
final class PageReplies {

  private static final String HTML = "text/html; charset=utf-8";

  private PageReplies() {}

  /** Which page a request asks for. */
  static PagePath path(HttpCall call) throws ProblemException {
    try {
      return PagePath.parse(call.path()).orElseThrow(ProblemException::noSuchPath);
    } catch (MalformedException e) {
      throw ProblemException.of(e);
    }
  }

  static void page(HttpCall call, byte[] document) throws IOException {
    page(call, 200, document);
  }

  /** A page that says why there is no other. */
  static void problem(HttpCall call, PageFrame frame, ProblemException e) throws IOException {
    e.headers().forEach(call::set);
    Problem problem = e.problem();
    int status = problem.kind().status();
    page(call, status, Documents.problem(frame, status, problem.detail()));
  }

  /** The style sheet of all pages. */
  static void style(HttpCall call) throws IOException {
    protect(call);
    call.answer(200, "text/css; charset=utf-8", Documents.style());
  }

  /** Sends the browser to the first page. */
  static void toRoot(HttpCall call) throws ProblemException {
    call.setTemplate("/");
    requireRead(call);
    call.set("Location", PagePath.ROOT);
    call.answer(303);
  }

  static void requireRead(HttpCall call) throws ProblemException {
    call.requireMethod("GET", "HEAD");
    call.requireNoBody();
  }

  static void protect(HttpCall call) {
    call.set("Content-Security-Policy", Documents.POLICY);
    call.set("X-Content-Type-Options", "nosniff");
    call.set("Referrer-Policy", "no-referrer");
    call.set("Cross-Origin-Resource-Policy", "same-origin");
    call.set("Cross-Origin-Opener-Policy", "same-origin");
    call.set("Cache-Control", "private, no-store");
  }

  private static void page(HttpCall call, int status, byte[] document) throws IOException {
    protect(call);
    call.answer(status, HTML, document);
  }
}
