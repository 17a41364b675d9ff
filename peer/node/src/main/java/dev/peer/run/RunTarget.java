package dev.peer.run;

import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.config.EnvFile;
import dev.peer.config.InputSettings;
import dev.peer.config.KeptSettings;
import dev.peer.config.PeerSettings;
import dev.peer.config.RunSettings;
import dev.peer.config.Settings;
import dev.peer.core.access.SignRules;
import dev.peer.core.find.Acceptance;
import dev.peer.core.id.Architecture;
import dev.peer.core.id.Digest;
import dev.peer.core.id.LocalRepo;
import dev.peer.core.id.RepoId;
import dev.peer.core.key.CheckoutMode;
import dev.peer.core.key.RunInputs;
import dev.peer.core.path.PathSelection;
import dev.peer.core.pem.CredentialException;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.home.HomeLayout;
import dev.peer.identity.RuleReader;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.report.RunOutput;
import dev.peer.source.CloneHistory;
import dev.peer.source.DirtyState;
import dev.peer.source.GitRepository;
import dev.peer.source.Revision;
import dev.peer.source.SelectedRevision;
import dev.peer.source.SourceException;
import dev.peer.source.TrunkHistory;
import dev.peer.vm.image.ImageException;
import dev.peer.vm.image.ImageStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * The subject of a command: a revision of the repository here, its settings and its run.
 *
 * @param owner whose state of this machine the run begins with and leaves
 */
public record RunTarget(
    CallContext surroundings,
    GitRepository git,
    Revision revision,
    LocalRepo owner,
    RevisionSettings settings,
    RunInputs inputs)
    implements AutoCloseable {

  private static final String ENV_FILE = ".env";
  private static final String MKFILE = "mkfile";
  private static final Set<String> ALWAYS_READ =
      Set.of(ENV_FILE, MKFILE, ".gitattributes", ".gitmodules");
  private static final int LARGEST_MKFILE = 1 << 20;

  /**
   * What the caller's environment and the revision's {@code .env} say together.
   *
   * @param peer about the peer
   * @param run about the run
   */
  public record RevisionSettings(PeerSettings peer, RunSettings run) {}

  /**
   * Reads the repository that a directory is in.
   *
   * @param from the directory, and the variables that count
   * @param name the revision, as git names it
   * @param target the mk target
   * @param arguments further arguments of mk
   */
  public static RunTarget of(
      RunOutput output, CallContext from, String name, String target, List<String> arguments)
      throws SourceException, ConfigException, ImageException, IOException, CommandException {
    GitRepository git = GitRepository.open(from.directory(), from.environment());
    try {
      Revision revision = git.resolve(name);
      Settings read = settings(from.environment(), git, revision);
      output.warn(read);
      PeerSettings peer = PeerSettings.of(read);
      RunSettings run = RunSettings.of(read, Runtime.getRuntime().availableProcessors());
      if (!run.inputs().environment().isEmpty()) {
        output.say("counted variables: " + String.join(", ", run.inputs().environment().keySet()));
      }
      requireMkfile(git, revision);
      Optional<Digest> pinned = run.inputs().image();
      Digest image = pinned.isPresent() ? pinned.get() : newest(output, images(peer));
      RunInputs whole =
          inputs(repo(git, revision, peer), revision, run.inputs(), image, target, arguments);
      Revision counted = counted(output, git, revision, run.inputs(), whole.targets());
      RunInputs inputs = checkedOut(whole, git, counted, run.inputs().checkout());
      requireOwnRule(from, git, revision, peer, inputs);
      LocalRepo owner = RepoOwner.of(from.environment(), git, revision);
      return new RunTarget(from, git, counted, owner, new RevisionSettings(peer, run), inputs);
    } catch (SourceException
        | ConfigException
        | ImageException
        | IOException
        | CommandException
        | RuntimeException e) {
      git.close();
      throw e;
    }
  }

  /** The revision without what {@code PEER_PATHS} leaves out. */
  static Revision counted(
      ExecutionListener output,
      GitRepository git,
      Revision revision,
      InputSettings settings,
      List<String> targets)
      throws SourceException, ConfigException {
    Optional<PathSelection> selection = settings.paths().of(targets);
    if (selection.isEmpty()) {
      return revision;
    }
    if (settings.checkout() != CheckoutMode.TREE) {
      throw new ConfigException(
          "PEER_PATHS leaves files out for "
              + String.join(", ", targets)
              + ", and PEER_CHECKOUT="
              + settings.checkout()
              + " shows the test a commit, which names all files",
          "unset PEER_CHECKOUT, or PEER_PATHS for this target");
    }
    SelectedRevision selected = git.select(revision, selection.get());
    output.note(
        "PEER_PATHS: %d of %d files count".formatted(selected.selected(), selected.files()));
    if (mkfile(git, selected.revision()).isEmpty()) {
      throw new SourceException(
          "PEER_PATHS leaves out the file that mkfile, a symbolic link, leads to",
          "name that file in PEER_PATHS too");
    }
    return selected.revision();
  }

  /** The inputs with what the test sees of a revision. */
  static RunInputs checkedOut(
      RunInputs inputs, GitRepository git, Revision revision, CheckoutMode mode)
      throws SourceException {
    return inputs.of(
        revision.tree(),
        mode == CheckoutMode.TREE ? Optional.empty() : Optional.of(revision.commit()),
        mode == CheckoutMode.HISTORY ? Optional.of(git.tags(revision)) : Optional.empty());
  }

  /** The name in {@code .env} must not choose whose results count. */
  private static void requireOwnRule(
      CallContext from, GitRepository git, Revision revision, PeerSettings peer, RunInputs inputs)
      throws ConfigException, SourceException {
    boolean named = PeerSettings.repo(from.settings()).isPresent();
    if (named || peer.repo().isEmpty() || peer.rules().sign().isEmpty()) {
      return;
    }
    RepoId own = git.names().id(revision);
    if (!signRules(peer).allowsName(own, inputs.repo(), inputs.targets())) {
      throw new ConfigException(
          "PEER_REPO in .env is "
              + inputs.repo().text()
              + ", for which another rule of PEER_ALLOW_SIGN decides than for "
              + own.text()
              + ", which this repository is",
          "if the name is right, set PEER_REPO in the environment: whoever can push must not choose"
              + " whose results count");
    }
  }

  private static SignRules signRules(PeerSettings peer) throws ConfigException {
    try {
      return RuleReader.signRules(peer);
    } catch (CredentialException e) {
      throw new ConfigException(e.getMessage(), e.hint());
    }
  }

  /** The name of the repository that a command was called in. */
  public static RepoId repo(CallContext call) throws SourceException, ConfigException {
    try (GitRepository git = GitRepository.open(call.directory(), call.environment())) {
      Revision revision = git.resolve(GitRepository.DEFAULT_REVISION);
      return repo(git, revision, PeerSettings.of(settings(call.environment(), git, revision)));
    }
  }

  private static RepoId repo(GitRepository git, Revision revision, PeerSettings peer)
      throws SourceException {
    return peer.repo().isPresent() ? peer.repo().get() : git.names().id(revision);
  }

  /** The settings of a command in these surroundings that is about a revision. */
  public static Settings settings(
      Map<String, String> environment, GitRepository git, Revision revision)
      throws SourceException, ConfigException {
    Optional<byte[]> envFile = git.file(revision, ENV_FILE, EnvFile.LONGEST);
    return Settings.of(
        environment, envFile.isPresent() ? EnvFile.parse(envFile.get()) : EnvFile.EMPTY);
  }

  /** The settings of a command that is about no revision; in a repository, also its HEAD's. */
  public static Settings settingsHere(CallContext call) throws ConfigException {
    try (GitRepository git = GitRepository.open(call.directory(), call.environment())) {
      return settings(call.environment(), git, git.resolve(GitRepository.DEFAULT_REVISION));
    } catch (SourceException e) {
      return call.settings();
    }
  }

  private static RunInputs inputs(
      RepoId repo,
      Revision revision,
      InputSettings settings,
      Digest image,
      String target,
      List<String> arguments)
      throws CommandException {
    try {
      return new RunInputs(
              repo,
              revision.tree(),
              Optional.empty(),
              target,
              arguments,
              settings.environment(),
              image,
              Architecture.AMD64,
              settings.network())
          .with(settings.options());
    } catch (IllegalArgumentException e) {
      throw new CommandException(
          ExitCode.USAGE,
          e.getMessage(),
          "ask for one of the mkfile's targets; if the argument is text, set LC_ALL=C.UTF-8, so"
              + " that peer reads it as such",
          e);
    }
  }

  private static Digest newest(RunOutput output, ImageStore images)
      throws IOException, ImageException {
    Optional<Digest> newest = images.newest();
    if (newest.isEmpty()) {
      throw new ImageException(
          ImageException.Defect.NONE,
          "PEER_IMAGE is not set, and there is no guest image on this machine that was built here"
              + " or asked for by name",
          "build one with `peer image build`, or set PEER_IMAGE to the team's (`peer image ls"
              + " --pin` prints it there), which a run pulls from a peer that holds it");
    }
    output.say(
        "guest image: "
            + newest.get()
            + ", the newest that was built here or asked for by name; pin it in .env (`peer image"
            + " ls --pin`) so that every peer computes the same key");
    return newest.get();
  }

  static void requireMkfile(GitRepository git, Revision revision) throws SourceException {
    if (!hasMkfile(git, revision)) {
      throw new SourceException(
          "the revision " + revision.commit() + " has no mkfile at its root",
          "add one with a `test:V:` target, and commit it");
    }
  }

  /** Whether a revision says how it is tested. */
  public static boolean hasMkfile(GitRepository git, Revision revision) throws SourceException {
    return mkfile(git, revision).isPresent();
  }

  /** What says how a revision is tested; empty where there is none. */
  static Optional<byte[]> mkfile(GitRepository git, Revision revision) throws SourceException {
    return git.file(revision, MKFILE, LARGEST_MKFILE);
  }

  /** About the peer. */
  public PeerSettings peer() {
    return settings.peer();
  }

  /** About the run. */
  public RunSettings run() {
    return settings.run();
  }

  /** The guest images of this machine. */
  public ImageStore images() {
    return images(peer());
  }

  private static ImageStore images(PeerSettings peer) {
    return new ImageStore(new HomeLayout(peer.home()).images());
  }

  /** Which kept disks a run may start from, which only its caller's environment says. */
  KeptSettings kept() throws ConfigException {
    return KeptSettings.of(surroundings.settings());
  }

  /** Which results count, as the environment says and as this clone's history bears out. */
  public Acceptance acceptance() throws ConfigException {
    KeptSettings kept = kept();
    TrunkHistory trunk = new TrunkHistory(git, kept.trunk());
    return new Acceptance(
        peer().rules().requireKept(),
        new CloneHistory(git, trunk, revision.commit()),
        peer().rules().requireTries());
  }

  /** Why other machines may know the repository by another name, where they may. */
  public Optional<String> doubtOfName() throws SourceException {
    return peer().repo().isPresent() ? Optional.empty() : git.names().doubt();
  }

  /** Whether the environment or git gives the repository its name too, and not .env alone. */
  boolean isNamedHere() throws SourceException, ConfigException {
    return peer().repo().isEmpty()
        || PeerSettings.repo(surroundings.settings()).isPresent()
        || git.names().id(revision).equals(inputs.repo());
  }

  /** Reports the changes of the work tree that are not in the revision. */
  public void sayWhatIsIgnored(RunOutput output) {
    DirtyState dirty;
    try {
      dirty = git.dirtyState(counts());
    } catch (SourceException e) {
      output.say("warning: " + e.getMessage());
      return;
    }
    if (!dirty.isClean()) {
      output.say(
          "peer does not test the uncommitted changes: "
              + dirty.changed()
              + " changed and "
              + dirty.untracked()
              + " untracked files are ignored");
    }
  }

  private BiPredicate<String, Boolean> counts() {
    Optional<PathSelection> selection = run().inputs().paths().of(inputs.targets());
    return (path, submodule) ->
        selection.isEmpty()
            || ALWAYS_READ.contains(path)
            || selection.get().selects(path.getBytes(StandardCharsets.UTF_8), submodule);
  }

  @Override
  public void close() {
    git.close();
  }
}
