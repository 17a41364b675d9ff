package dev.peer.http;

/** Is told of each request when it is over, by the thread that answered it. */
@FunctionalInterface
public interface RequestLog {

  /** Keeps nothing. */
  RequestLog NONE = request -> {};

  /** Returns at once, whatever becomes of it. */
  void answered(AnsweredRequest request);
}
