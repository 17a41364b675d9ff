package dev.peer.core.platform;

/** What an open file is to the one who writes to it. */
public enum StreamKind {
  /** A terminal, or what was one until it hung up. */
  TERMINAL,
  /** A character device that is no terminal, such as {@code /dev/null}. */
  DEVICE,
  /** A pipe or a socket: it has a reader, which may leave. */
  PIPE,
  /** A file, or something else that keeps what is written. */
  FILE,
  /** Nothing: the descriptor is closed. */
  CLOSED
}
