package dev.peer.core.record;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Printable;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The caches of a repository that its mkfile shares, and that therefore move with a prepared
 * runtime.
 *
 * @param names what they are called below {@code /var/run/ci/cache}, sorted, each once
 */
public record SharedCaches(List<String> names) {

  /** None. */
  public static final SharedCaches NONE = new SharedCaches(List.of());

  /** The longest list, with a byte after each name; so the guest bounds it. */
  private static final int LONGEST = 4_000;

  private static final String FIELD = "sharedCaches";

  /** As the guest's {@code caches.sh} has it. */
  private static final Pattern NAME =
      Pattern.compile("(?!\\.{1,2}(/|$))[A-Za-z0-9._+@-]+(/(?!\\.{1,2}(/|$))[A-Za-z0-9._+@-]+)*");

  /** Sorts the names; refuses those that no cache has, and too many. */
  public SharedCaches {
    names = names.stream().sorted().distinct().toList();
    for (String name : names) {
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException("not the name of a shared cache: " + Printable.of(name));
      }
    }
    if (names.stream().mapToInt(name -> name.length() + 1).sum() > LONGEST) {
      throw new IllegalArgumentException(
          "names of shared caches of at most " + LONGEST + " bytes were expected");
    }
  }

  /** Reads what a guest says: a name a line. */
  public static SharedCaches parse(String lines) throws MalformedException {
    try {
      return new SharedCaches(lines.lines().toList());
    } catch (IllegalArgumentException e) {
      throw new MalformedException(e.getMessage(), e);
    }
  }

  /** Adds a field to an object, if there are any. */
  public void write(ObjectNode json) {
    if (!names.isEmpty()) {
      ArrayNode array = json.putArray(FIELD);
      names.forEach(array::add);
    }
  }

  /** Reads the field of an object. */
  public static SharedCaches read(StrictJson json) throws MalformedException {
    if (!json.has(FIELD)) {
      return NONE;
    }
    SharedCaches caches;
    List<String> texts = json.texts(FIELD);
    try {
      caches = new SharedCaches(texts);
    } catch (IllegalArgumentException e) {
      throw new MalformedException(FIELD + ": " + e.getMessage(), e);
    }
    if (texts.isEmpty() || !caches.names().equals(texts)) {
      throw new MalformedException(FIELD + ": sorted names, each once, were expected");
    }
    return caches;
  }

  /** The names, a line each. */
  public String lines() {
    return String.join("", names.stream().map(name -> name + "\n").toList());
  }

  @Override
  public String toString() {
    return String.join(", ", names);
  }
}
