package dev.peer.pages;

import dev.peer.core.record.MalformedException;
import dev.peer.http.HttpCall;
import dev.peer.http.ProblemException;
import dev.peer.wire.Problem;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Answers with pages, each with what the browser may not do with it. */
final class PageReplies {

  static final String HTML = "text/html; charset=utf-8";
  static final String CSS = "text/css; charset=utf-8";

  /** Headers that say what the browser may not do with an answer. */
  static final Map<String, String> PROTECTION =
      Map.of(
          "Content-Security-Policy",
          Documents.POLICY,
          "Referrer-Policy",
          "no-referrer",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "Cross-Origin-Opener-Policy",
          "same-origin",
          "Cache-Control",
          "private, no-store");

  private PageReplies() {}

  /** Which page a request asks for. */
  static PagePath path(HttpCall call) throws ProblemException {
    return path(call.path());
  }

  static PagePath path(String raw) throws ProblemException {
    try {
      return PagePath.parse(raw).orElseThrow(ProblemException::noSuchPath);
    } catch (MalformedException e) {
      throw ProblemException.of(e);
    }
  }

  static void page(HttpCall call, byte[] document) throws IOException {
    page(call, 200, document);
  }

  /** A page that has the script of runs in progress. */
  static void livePage(HttpCall call, byte[] document) throws IOException {
    protect(call);
    call.set("Content-Security-Policy", Documents.LIVE_POLICY);
    call.answer(200, HTML, document);
  }

  /** The script of runs in progress. */
  static void script(HttpCall call) throws IOException {
    protect(call);
    call.answer(200, "text/javascript; charset=utf-8", Documents.script());
  }

  /** A page that says why there is no other. */
  static void problem(HttpCall call, PageFrame frame, ProblemException e) throws IOException {
    e.headers().forEach(call::set);
    Problem problem = e.problem();
    int status = problem.kind().status();
    page(call, status, Documents.problem(frame, status, problem.detail()));
  }

  /** The same at a relay. */
  static void problem(RelayCall call, ProblemException e) throws IOException {
    Map<String, String> headers = new HashMap<>(PROTECTION);
    headers.putAll(e.headers());
    Problem problem = e.problem();
    int status = problem.kind().status();
    call.answer(
        status, HTML, Documents.problem(PageFrame.RELAY, status, problem.detail()), headers);
  }

  /** The style sheet of all pages. */
  static void style(HttpCall call) throws IOException {
    protect(call);
    call.answer(200, CSS, Documents.style());
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
    PROTECTION.forEach(call::set);
  }

  private static void page(HttpCall call, int status, byte[] document) throws IOException {
    protect(call);
    call.answer(status, HTML, document);
  }
}
