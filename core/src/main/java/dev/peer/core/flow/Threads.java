package dev.peer.core.flow;

/** Waits for threads that have been told to end. */
public final class Threads {

  private Threads() {}

  /**
   * Waits until a thread has ended. An interrupted caller waits no longer, and stays interrupted.
   */
  public static void awaitEnd(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
