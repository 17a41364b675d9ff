package dev.peer.vm.guest;

import java.util.Locale;

/** Where in the guest a shell is. */
public enum ShellLocation {
  /** In the guest itself, as root, in the repository. */
  GUEST,
  /** In the tests' container as they left it, else in a new one. */
  CONTAINER;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
