package dev.peer.source;

import dev.peer.core.id.Printable;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.lib.Config;

/**
 * How a repository keeps what it keeps, as far as that decides whether JGit alone reads it right.
 *
 * <p>JGit does not refuse what it does not know: it takes the refs of another work tree, or of
 * none. So all is unknown to it that is not listed here.
 */
record RepositoryForm(boolean saysWhereWorkTreeIs, Optional<String> unknown) {

  private static final String EXTENSIONS = "extensions";

  /** Extensions that change nothing for a reader, or only which objects are there. */
  private static final Set<String> HARMLESS =
      Set.of("noop", "noop-v1", "preciousobjects", "partialclone");

  /**
   * Looks at a repository.
   *
   * @param config its configuration
   * @param linked whether it is seen from a linked work tree, which has refs of its own
   */
  static RepositoryForm of(Config config, boolean linked) throws SourceException {
    refuseOtherObjectFormats(config);
    boolean placed =
        config.getString("core", null, "worktree") != null
            || config.getBoolean("core", "bare", false);
    return new RepositoryForm(
        placed,
        linked
            ? Optional.of("its being a linked work tree")
            : config.getNames(EXTENSIONS).stream()
                .filter(name -> !isKnown(config, name))
                .findFirst()
                .map(name -> "extensions." + Printable.plain(name)));
  }

  private static boolean isKnown(Config config, String name) {
    String extension = name.toLowerCase(Locale.ROOT);
    return switch (extension) {
      case "objectformat" -> true;
      case "refstorage" ->
          config.getInt("core", "repositoryformatversion", 0) == 1
              && "reftable".equalsIgnoreCase(config.getString(EXTENSIONS, null, name));
      default -> HARMLESS.contains(extension);
    };
  }

  private static void refuseOtherObjectFormats(Config config) throws SourceException {
    String format = config.getString(EXTENSIONS, null, "objectformat");
    if (format != null && !format.equalsIgnoreCase("sha1")) {
      throw new SourceException(
          "the repository's objects are named by "
              + Printable.plain(format)
              + "; only SHA-1 is known",
          "run the tests in a clone made with `git init --object-format=sha1`");
    }
  }

  boolean isKnownToJGit() {
    return unknown.isEmpty();
  }

  /** The first thing that JGit does not know. */
  String unknownToJGit() {
    return unknown.orElseThrow();
  }
}
