package dev.peer.http;

import java.io.IOException;

/** Answers requests. */
@FunctionalInterface
public interface Service {

  /**
   * Whether it answers this request without waiting for anything, be it a file, another process or
   * the request's body: then it is answered by the thread that watches the connection, which saves
   * two changes of threads. Looks at no more than the head, which may be of any form yet.
   */
  default boolean isPrompt(HttpCall call) {
    return false;
  }

  /**
   * Answers one request, on a virtual thread if it is not {@linkplain #isPrompt prompt}.
   *
   * @throws ProblemException if it is not to be done
   * @throws IOException if the caller is gone
   */
  void serve(HttpCall call) throws ProblemException, IOException;
}
