package dev.peer.core.key;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Architecture;
import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.id.Printable;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.id.TreeId;
import dev.peer.core.json.JsonTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.erdtman.jcs.JsonCanonicalizer;

/**
 * Everything that may shape a run's outcome, and nothing else.
 *
 * @param repo the repository
 * @param tree the git tree that is tested
 * @param commit the commit, only where the test may see it ({@code PEER_CHECKOUT=commit})
 * @param tags the digest of the tags that point to the commit and its ancestors, only where the
 *     test may see them ({@code PEER_CHECKOUT=history})
 * @param target the mk target
 * @param arguments further arguments of mk
 * @param environment the counted variables, by name
 * @param image the guest image
 * @param architecture the guest's architecture
 * @param network what the test may reach
 * @param options what the run asks for besides the usual; in the key where it differs from that
 */
public record RunInputs(
    RepoId repo,
    TreeId tree,
    Optional<CommitId> commit,
    Optional<Digest> tags,
    String target,
    List<String> arguments,
    SortedMap<String, String> environment,
    Digest image,
    Architecture architecture,
    NetworkMode network,
    TestOptions options) {

  /** The version of the key's form; another form gives other keys. */
  public static final int FORMAT = 1;

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");
  private static final Pattern TARGET =
      Pattern.compile("[A-Za-z0-9_./@%+,:][-A-Za-z0-9_./@%+,:]{0,254}");

  /** Copies the collections; refuses names that no environment and targets that no mkfile has. */
  public RunInputs {
    arguments = List.copyOf(arguments);
    environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    environment.keySet().forEach(RunInputs::requireName);
    environment.values().forEach(RunInputs::requireText);
    arguments.forEach(RunInputs::requireText);
    requireTarget(target);
    if (tags.isPresent() && commit.isEmpty()) {
      throw new IllegalArgumentException("tags count only with the commit that they lead to");
    }
  }

  /** Inputs without tags, and of tests that get nothing but the usual. */
  public RunInputs(
      RepoId repo,
      TreeId tree,
      Optional<CommitId> commit,
      String target,
      List<String> arguments,
      SortedMap<String, String> environment,
      Digest image,
      Architecture architecture,
      NetworkMode network) {
    this(
        repo,
        tree,
        commit,
        Optional.empty(),
        target,
        arguments,
        environment,
        image,
        architecture,
        network,
        TestOptions.DEFAULT);
  }

  /** The same with these options. */
  public RunInputs with(TestOptions other) {
    return new RunInputs(
        repo,
        tree,
        commit,
        tags,
        target,
        arguments,
        environment,
        image,
        architecture,
        network,
        other);
  }

  /** Returns the name of an mk target, if it can be one. */
  public static String requireTarget(String target) {
    if (!TARGET.matcher(target).matches()) {
      throw new IllegalArgumentException(
          "not an mk target (letters, digits and _./@%+,:- expected): " + Printable.of(target));
    }
    return target;
  }

  /** Returns the name of an environment variable, if it is one. */
  public static String requireName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "not a variable's name (a letter or _, then letters, digits and _ expected): "
              + Printable.of(name));
    }
    return name;
  }

  /**
   * Half a character has no UTF-8 form, and U+FFFD stands for bytes that the JVM could not read:
   * two such values could give one key.
   */
  private static void requireText(String value) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(value)
        || value.indexOf('\0') >= 0
        || value.indexOf('\ufffd') >= 0) {
      throw new IllegalArgumentException(
          "not text in UTF-8 without NUL and U+FFFD, as arguments and variables are: "
              + Printable.of(value));
    }
  }

  /** All that mk makes: the target, and the arguments that are not {@code NAME=value}. */
  public List<String> targets() {
    return Stream.concat(
            Stream.of(target), arguments.stream().filter(argument -> !argument.contains("=")))
        .toList();
  }

  /** The target and the arguments, as mk gets them. */
  public String goal() {
    return Stream.concat(Stream.of(target), arguments.stream()).collect(Collectors.joining(" "));
  }

  /** The same inputs of another revision. */
  public RunInputs of(TreeId newTree, Optional<CommitId> newCommit, Optional<Digest> newTags) {
    return new RunInputs(
        repo,
        newTree,
        newCommit,
        newTags,
        target,
        arguments,
        environment,
        image,
        architecture,
        network,
        options);
  }

  /** The SHA-256 of the canonical JSON (RFC 8785) of these inputs and the format's version. */
  public RunKey key() {
    return new RunKey(Digest.of(canonicalJson()));
  }

  /** The bytes that the key is computed over. */
  public byte[] canonicalJson() {
    ObjectNode json = JsonTree.object();
    json.put("format", FORMAT);
    json.put("repo", repo.text());
    json.put("tree", tree.hex());
    commit.ifPresent(id -> json.put("commit", id.hex()));
    tags.ifPresent(digest -> json.put("tags", digest.toString()));
    json.put("target", target);
    arguments.forEach(json.putArray("arguments")::add);
    environment.forEach(json.putObject("environment")::put);
    json.put("image", image.toString());
    json.put("architecture", architecture.name());
    json.put("network", network.toString());
    options.addTo(json);
    try {
      return new JsonCanonicalizer(JsonTree.text(json)).getEncodedUTF8();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
