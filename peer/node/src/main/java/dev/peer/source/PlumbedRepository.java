package dev.peer.source;

import dev.peer.core.id.Printable;
import dev.peer.source.command.Answer;
import dev.peer.source.command.GitCommand;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.jgit.attributes.AttributesNodeProvider;
import org.eclipse.jgit.internal.storage.file.ObjectDirectory;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.RefDatabase;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.util.FS;

/**
 * A repository in a form that JGit does not know whole: git itself says where its work tree is and
 * what its refs and revisions name, and JGit reads only objects.
 */
final class PlumbedRepository extends Repository {

  private final GitCommand command;
  private final StoredConfig config;
  private final ObjectDirectory objects;
  private final PlumbedRefs refs;

  private PlumbedRepository(
      FileRepositoryBuilder place, StoredConfig config, ObjectDirectory objects, GitCommand git) {
    super(place);
    this.command = git;
    this.config = config;
    this.objects = objects;
    this.refs = new PlumbedRefs(git);
  }

  /**
   * Opens it.
   *
   * @param directory in the repository
   * @param form what it is about the repository that JGit does not know
   */
  static Repository open(Path directory, StoredConfig config, String form)
      throws IOException, SourceException {
    GitCommand git = new GitCommand(directory);
    List<String> place =
        asked(git, directory, form, "--git-dir", "--git-common-dir", "--is-inside-work-tree");
    FileRepositoryBuilder builder =
        new FileRepositoryBuilder()
            .setFS(FS.DETECTED)
            .setGitDir(new File(place.get(0)))
            .setGitCommonDir(new File(place.get(1)));
    if (place.get(2).equals("true")) {
      File workTree = new File(asked(git, directory, form, "--show-toplevel").getFirst());
      builder.setWorkTree(workTree).setIndexFile(new File(builder.getGitDir(), "index"));
    } else {
      builder.setBare();
    }
    File common = builder.getGitCommonDir();
    ObjectDirectory objects =
        new ObjectDirectory(
            config, new File(common, "objects"), null, FS.DETECTED, new File(common, "shallow"));
    return new PlumbedRepository(builder, config, objects, git);
  }

  private static List<String> asked(
      GitCommand git, Path directory, String form, String... questions)
      throws IOException, SourceException {
    String[] arguments = new String[questions.length + 2];
    arguments[0] = "rev-parse";
    arguments[1] = "--path-format=absolute";
    System.arraycopy(questions, 0, arguments, 2, questions.length);
    return switch (git.ask(arguments)) {
      case Answer.Said(String text) when text.lines().count() == questions.length ->
          text.lines().toList();
      case Answer.Said _ ->
          throw new SourceException(
              "the git repository's place has a line break in its name", "move it");
      case Answer.Failed(String words) -> throw refused(directory, words);
      case Answer.NotThere _ ->
          throw new SourceException(
              "only git itself can read this repository, because of "
                  + form
                  + ", and there is no git",
              "install git, or add its directory to the PATH");
    };
  }

  private static SourceException refused(Path directory, String words) {
    boolean distrusted = words.contains("dubious ownership");
    return distrusted
        ? new SourceException(
            "the git repository belongs to another user, so that git does not read it: "
                + Printable.plain(directory.toString()),
            "if you trust it: "
                + words
                    .lines()
                    .map(String::strip)
                    .filter(line -> line.startsWith("git config"))
                    .findFirst()
                    .map(Printable::plain)
                    .orElse("see safe.directory in `git help config`"))
        : new SourceException(
            "git cannot read the repository: " + Printable.plain(GitCommand.sentence(words)),
            "see `git status` there; a newer git knows more forms of repositories");
  }

  /** The git that answers for it. */
  GitCommand command() {
    return command;
  }

  @Override
  public ObjectId resolve(String revision) throws IOException {
    if (revision.isEmpty() || revision.startsWith("-") || revision.indexOf('\0') >= 0) {
      return null;
    }
    return switch (command.ask("rev-parse", "--verify", "--quiet", revision)) {
      case Answer.Said(String text) when ObjectId.isId(text.strip()) ->
          ObjectId.fromString(text.strip());
      case Answer.Said _, Answer.Failed _ -> null;
      case Answer.NotThere _ -> throw new IOException("there is no git on the PATH");
    };
  }

  @Override
  public RefDatabase getRefDatabase() {
    return refs;
  }

  @Override
  public ObjectDirectory getObjectDatabase() {
    return objects;
  }

  @Override
  public StoredConfig getConfig() {
    return config;
  }

  @Override
  public String getIdentifier() {
    return getDirectory().getPath();
  }

  @Override
  public AttributesNodeProvider createAttributesNodeProvider() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void create(boolean bare) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void scanForRepoChanges() {
    // Nothing is remembered.
  }

  @Override
  public void notifyIndexChanged(boolean internal) {
    // Nothing is remembered.
  }
}
