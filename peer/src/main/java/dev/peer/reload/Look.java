package dev.peer.reload;

/** What came of a look at files. */
public sealed interface Look {

  /** What was read before is what there is, or there is nothing new to say. */
  record Unchanged() implements Look {}

  /** There is something else, and it counts from now on. */
  record Taken() implements Look {}

  /** There is something else that can not be used; what was read before stays. */
  record Refused(Exception why) implements Look {}
}
