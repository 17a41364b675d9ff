package dev.peer.core.key;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.peer.core.json.JsonTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One of the inputs of a run key, as text. Two runs have one key where they have the same inputs,
 * each with the same value.
 *
 * @param kind which one
 * @param variable the variable's name; empty for any other input
 * @param value its value; the arguments are a JSON array
 */
public record KeyInput(Kind kind, String variable, String value) {

  /** The kind of an input. */
  public enum Kind {
    FORMAT,
    REPOSITORY,
    TREE,
    COMMIT,
    TAGS,
    TARGET,
    ARGUMENTS,
    VARIABLE,
    IMAGE,
    ARCHITECTURE,
    NETWORK,
    LIMITS,
    RETRIES,
    CREDENTIALS,
    CONTAINERS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * An input that two runs do not share.
   *
   * @param here of the one; nothing if it has no such input
   * @param there of the other
   */
  public record Difference(Optional<KeyInput> here, Optional<KeyInput> there) {

    /** The one that there is. */
    public KeyInput either() {
      return here.or(this::there).orElseThrow();
    }
  }

  /** All inputs of a run, in the order of {@link Kind}, variables by name. */
  public static List<KeyInput> of(RunInputs inputs) {
    ArrayNode arguments = JsonTree.array();
    inputs.arguments().forEach(arguments::add);
    List<KeyInput> all = new ArrayList<>();
    all.add(plain(Kind.FORMAT, Integer.toString(RunInputs.FORMAT)));
    all.add(plain(Kind.REPOSITORY, inputs.repo().text()));
    all.add(plain(Kind.TREE, inputs.tree().hex()));
    inputs.commit().ifPresent(commit -> all.add(plain(Kind.COMMIT, commit.hex())));
    inputs.tags().ifPresent(digest -> all.add(plain(Kind.TAGS, digest.toString())));
    all.add(plain(Kind.TARGET, inputs.target()));
    all.add(plain(Kind.ARGUMENTS, JsonTree.text(arguments)));
    inputs
        .environment()
        .forEach((name, value) -> all.add(new KeyInput(Kind.VARIABLE, name, value)));
    all.add(plain(Kind.IMAGE, inputs.image().toString()));
    all.add(plain(Kind.ARCHITECTURE, inputs.architecture().name()));
    all.add(plain(Kind.NETWORK, inputs.network().toString()));
    all.addAll(of(inputs.options()));
    return all;
  }

  /** What a run got besides the usual. */
  public static List<KeyInput> of(TestOptions options) {
    List<KeyInput> all = new ArrayList<>();
    if (!options.limits().equals(ContainerLimits.DEFAULT)) {
      all.add(plain(Kind.LIMITS, options.limits().toString()));
    }
    if (options.retries() > 0) {
      all.add(plain(Kind.RETRIES, Integer.toString(options.retries())));
    }
    if (!options.prepareSecrets().isEmpty()) {
      all.add(plain(Kind.CREDENTIALS, String.join(",", options.prepareSecrets())));
    }
    if (options.containers()) {
      all.add(plain(Kind.CONTAINERS, "on"));
    }
    return all;
  }

  /** The inputs in which two runs differ, in the same order; none if they have one key. */
  public static List<Difference> differences(RunInputs here, RunInputs there) {
    List<KeyInput> left = new ArrayList<>(of(there));
    List<Difference> differences = new ArrayList<>();
    for (KeyInput input : of(here)) {
      Optional<KeyInput> other = left.stream().filter(input::isSame).findFirst();
      other.ifPresent(left::remove);
      if (!other.equals(Optional.of(input))) {
        differences.add(new Difference(Optional.of(input), other));
      }
    }
    left.forEach(other -> differences.add(new Difference(Optional.empty(), Optional.of(other))));
    differences.sort(
        (one, other) -> {
          int byKind = one.either().kind().compareTo(other.either().kind());
          return byKind != 0
              ? byKind
              : one.either().variable().compareTo(other.either().variable());
        });
    return differences;
  }

  /** Its name for people. */
  public String name() {
    return variable.isEmpty() ? kind.toString() : kind + " " + variable;
  }

  private boolean isSame(KeyInput other) {
    return kind == other.kind && variable.equals(other.variable);
  }

  private static KeyInput plain(Kind kind, String value) {
    return new KeyInput(kind, "", value);
  }
}
