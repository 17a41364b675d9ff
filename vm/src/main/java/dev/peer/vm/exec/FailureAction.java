package dev.peer.vm.exec;

import dev.peer.vm.guest.UserTerminal;
import dev.peer.vm.snapshot.FrozenStore;

/** What happens to a guest after a recipe of the revision failed in it. */
public sealed interface FailureAction {

  /** The machine ends. */
  record End() implements FailureAction {}

  /** The user gets a shell where the recipe failed; when that ends, the machine does. */
  record Shell(UserTerminal.Opener terminal) implements FailureAction {}

  /** It is frozen and kept; the machine ends. */
  record Freeze(FrozenStore store) implements FailureAction {}
}
