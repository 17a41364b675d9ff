package dev.peer.core.access;

/** What a peer may be allowed to do. */
public enum Verb {
  /** Ask for results and fetch them. */
  FETCH,
  /** Say at a rendezvous that it holds a result. */
  ANNOUNCE,
  /** Sign results that others replay. */
  SIGN,
  /** Vouch for guest images that others boot. */
  IMAGE,
  /** Prepare runtimes that others' runs start from. */
  PREPARE
}
