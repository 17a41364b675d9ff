package dev.peer.core.secret;

import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The secrets of one run, by the stages that get them. All are masked in all stages.
 *
 * @param test those of the test's container
 * @param preparation those of the preparation
 * @param all both
 */
public record RunSecrets(Secrets test, Secrets preparation, Secrets all) {

  /** None at all. */
  public static final RunSecrets NONE = new RunSecrets(Secrets.NONE, Secrets.NONE, Secrets.NONE);

  /**
   * These. A name in both sets is one secret.
   *
   * @param values of all names in the two sets
   * @throws SecretException if they are longer together than {@link Secrets#LONGEST}
   */
  public static RunSecrets of(
      Map<String, SecretValue> values, SortedSet<String> test, SortedSet<String> preparation)
      throws SecretException {
    SortedSet<String> all = new TreeSet<>(test);
    all.addAll(preparation);
    return new RunSecrets(
        Secrets.of(named(values, test)),
        Secrets.of(named(values, preparation)),
        Secrets.of(named(values, all)));
  }

  /** Those of the preparation alone, for a run that tests nothing. */
  public static RunSecrets ofPreparation(Secrets preparation) {
    return new RunSecrets(Secrets.NONE, preparation, preparation);
  }

  private static SortedMap<String, SecretValue> named(
      Map<String, SecretValue> values, SortedSet<String> names) {
    SortedMap<String, SecretValue> named = new TreeMap<>(values);
    named.keySet().retainAll(names);
    if (!named.keySet().equals(names)) {
      throw new IllegalArgumentException("secrets without a value: " + names);
    }
    return named;
  }

  /** The names alone. */
  @Override
  public String toString() {
    return all.toString();
  }
}
