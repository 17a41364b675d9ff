package dev.peer.pages;

import dev.peer.http.ProblemException;
import java.io.IOException;
import java.util.Map;

/** A request to a relay, which writes its answers itself. */
public interface RelayCall {

  /** The path as it was sent, with its query. */
  String path();

  /**
   * Names the path's template, for metrics and logs.
   *
   * @throws ProblemException if the request has another method than GET
   */
  void isOf(String template) throws ProblemException;

  /** Answers with a body. */
  void answer(int status, String mediaType, byte[] body, Map<String, String> headers)
      throws IOException;
}
