package dev.peer.vm.network;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** Says something about the first ten things that a guest asks for in vain, once about each. */
public final class FirstNotes {

  private static final int MOST = 10;

  private final Consumer<String> notes;
  private final Set<String> said = new HashSet<>();

  /** Says it to these. */
  public FirstNotes(Consumer<String> notes) {
    this.notes = notes;
  }

  /** Says a text about a thing. */
  public synchronized void say(String thing, String text) {
    if (said.size() < MOST && said.add(thing)) {
      notes.accept(text);
    }
  }
}
