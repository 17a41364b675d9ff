package dev.peer.http;

import java.util.Optional;

/** Is told of requests; of the end of each by the thread that answered it. */
@FunctionalInterface
public interface RequestLog {

  /** Keeps nothing. */
  RequestLog NONE =
      new RequestLog() {
        @Override
        public boolean keeps(Optional<Throwable> failure) {
          return false;
        }

        @Override
        public void answered(AnsweredRequest request) {}
      };

  /**
   * Is told of a request that begins, unless there is no such path. Returns at once.
   *
   * @param template the path's template
   */
  default void begun(String template) {}

  /** Whether it is told at all of a request that ended so. */
  default boolean keeps(Optional<Throwable> failure) {
    return true;
  }

  /** Returns at once, whatever becomes of it. */
  void answered(AnsweredRequest request);
}
