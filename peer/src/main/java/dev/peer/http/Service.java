package dev.peer.http;

import java.io.IOException;

/** Answers requests. */
@FunctionalInterface
public interface Service {

  /**
   * Answers one request, on a virtual thread.
   *
   * @throws Refusal if it is not to be done
   * @throws IOException if the caller is gone
   */
  void serve(Call call) throws Refusal, IOException;
}
