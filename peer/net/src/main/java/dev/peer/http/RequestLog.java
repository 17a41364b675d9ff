package dev.peer.http;

import java.util.Optional;

/** Is told of each request when it is over, by the thread that answered it. */
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

  /** Whether it is told at all of a request that ended so. */
  default boolean keeps(Optional<Throwable> failure) {
    return true;
  }

  /** Returns at once, whatever becomes of it. */
  void answered(AnsweredRequest request);
}
