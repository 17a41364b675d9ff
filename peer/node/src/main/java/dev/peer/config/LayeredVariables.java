package dev.peer.config;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Variables, and below them settings of the user's file. A value is read when it is asked for. */
final class LayeredVariables extends AbstractMap<String, String> {

  private final Map<String, String> variables;
  private final UserFile file;

  LayeredVariables(Map<String, String> variables, UserFile file) {
    this.variables = variables;
    this.file = file;
  }

  /** The map, with where its values are from if it knows. */
  static Map<String, String> unmodifiable(Map<String, String> environment) {
    return environment instanceof LayeredVariables
        ? environment
        : Collections.unmodifiableMap(environment);
  }

  /** The place of a variable that is set, for messages. */
  static String origin(Map<String, String> environment, String name) {
    return environment instanceof LayeredVariables layers && !layers.variables.containsKey(name)
        ? layers.file.origin(name)
        : "the environment";
  }

  /** The variables alone. */
  static Map<String, String> variables(Map<String, String> environment) {
    return environment instanceof LayeredVariables layers ? layers.variables : environment;
  }

  @Override
  public boolean containsKey(Object name) {
    return variables.containsKey(name) || file.values().containsKey(name);
  }

  @Override
  public String get(Object name) {
    return variables.containsKey(name) ? variables.get(name) : file.values().get(name);
  }

  @Override
  public Set<String> keySet() {
    Set<String> names = new LinkedHashSet<>(variables.keySet());
    names.addAll(file.values().keySet());
    return Collections.unmodifiableSet(names);
  }

  @Override
  public Set<Entry<String, String>> entrySet() {
    Set<String> names = keySet();
    return new AbstractSet<>() {
      @Override
      public Iterator<Entry<String, String>> iterator() {
        return names.stream().map(name -> Map.entry(name, get(name))).iterator();
      }

      @Override
      public int size() {
        return names.size();
      }
    };
  }
}
