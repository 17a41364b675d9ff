package dev.peer.daemon.socket;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A caller's variables. A value that was not sent is asked for when somebody reads it, so that the
 * daemon has only those that count. For one thread.
 */
final class CallerVariables extends AbstractMap<String, String> {

  private final Map<String, Optional<String>> known;
  private final Function<String, String> ask;

  /**
   * Nothing is asked for yet.
   *
   * @param sent by name; empty: there is a value, which was not sent
   * @param ask gets the value of a name
   */
  CallerVariables(Map<String, Optional<String>> sent, Function<String, String> ask) {
    this.known = new HashMap<>(sent);
    this.ask = ask;
  }

  @Override
  public boolean containsKey(Object name) {
    return known.containsKey(name);
  }

  @Override
  public String get(Object name) {
    return known.containsKey(name) ? value((String) name) : null;
  }

  private String value(String name) {
    return known
        .computeIfPresent(name, (_, value) -> value.or(() -> Optional.of(ask.apply(name))))
        .orElseThrow();
  }

  @Override
  public Set<String> keySet() {
    return Set.copyOf(known.keySet());
  }

  /** To go through the values asks for all of them. */
  @Override
  public Set<Entry<String, String>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public Iterator<Entry<String, String>> iterator() {
        Iterator<String> names = CallerVariables.this.keySet().iterator();
        return new Iterator<>() {
          @Override
          public boolean hasNext() {
            return names.hasNext();
          }

          @Override
          public Entry<String, String> next() {
            String name = names.next();
            return Map.entry(name, value(name));
          }
        };
      }

      @Override
      public int size() {
        return known.size();
      }
    };
  }
}
