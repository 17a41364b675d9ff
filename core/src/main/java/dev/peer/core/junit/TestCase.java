package dev.peer.core.junit;

/**
 * A test that a report names.
 *
 * @param group its class; where the report has none, its suite; can be empty
 * @param name its name; can be empty
 * @param outcome how it ended
 * @param message why, if it failed; can have several lines
 */
record TestCase(String group, String name, Outcome outcome, String message) {

  /** The name for a person: some tools repeat the class in it, or have the same name for both. */
  String shown() {
    return group.isEmpty() || name.startsWith(group)
        ? name
        : name.isEmpty() ? group : group + "." + name;
  }
}
