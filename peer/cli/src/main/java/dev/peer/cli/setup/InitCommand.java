package dev.peer.cli.setup;

import dev.peer.cli.console.Output;
import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Syntax;
import dev.peer.config.CallContext;
import dev.peer.config.PeerSettings;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.home.HomeLayout;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.report.OutputFile;
import dev.peer.source.GitRepository;
import dev.peer.vm.image.ImageStore;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** {@code peer init}. */
public final class InitCommand implements Callable<Integer> {

  private final CallContext call;
  private final Output output;

  private final Option<String> kind =
      Option.of(
          "--kind",
          "KIND",
          String.class,
          "maven, gradle, npm, cargo, go, python, cmake, autotools or make (default: by the files"
              + " there are)");

  private final Option<Boolean> force =
      Option.flag("--force", "overwrite a mkfile and a .env that are there");

  private final Option<Boolean> print =
      Option.flag("--print", "print both to stdout, and write nothing");

  public InitCommand(CallContext call, Output output) {
    this.call = call;
    this.output = output;
  }

  /** How it is called. */
  public Syntax syntax() {
    return Syntax.of(
            "init",
            this,
            "Write a mkfile and a .env for this repository",
            "Recognizes by the files at the root how the repository is built and tested, and by"
                + " git's remotes (upstream, else origin) its name. Both files have comments."
                + " Overwrites nothing without --force.")
        .examples("  peer init", "  peer init --kind go --print")
        .takes(kind, force, print);
  }

  @Override
  public Integer call() throws Exception {
    Path root;
    Optional<RepoId> repo = PeerSettings.repo(call.settings());
    try (GitRepository git = GitRepository.open(call.directory(), call.environment())) {
      root = git.workTree();
      repo = repo.isPresent() ? repo : git.names().shared();
    }
    ProjectFiles seen = ProjectFiles.of(root);
    ProjectKind chosen = choose(seen);
    Recipe recipe = chosen.recipe(seen);
    Map<String, String> files = new TreeMap<>();
    files.put("mkfile", recipe.mkfile());
    files.put(".env", EnvTemplate.text(image(), repo));
    if (print.value()) {
      files.forEach(
          (name, text) -> {
            output.print("# ---- " + name);
            text.lines().forEach(output::print);
          });
      return ExitCode.PASSED.number();
    }
    requireFree(root, files.keySet());
    for (Map.Entry<String, String> file : files.entrySet()) {
      byte[] text = file.getValue().getBytes(StandardCharsets.UTF_8);
      OutputFile.write(
          file.getKey(),
          root.resolve(file.getKey()),
          PosixFilePermissions.fromString("rw-r--r--"),
          to -> Channels.newOutputStream(to).write(text));
    }
    output.say("written for " + chosen + ": .env and mkfile in " + root);
    if (!recipe.remark().isEmpty()) {
      output.say("note: " + recipe.remark());
    }
    output.say(
        "next: git add -f .env mkfile && git commit -m 'Run the tests with peer' && peer run");
    return ExitCode.PASSED.number();
  }

  private ProjectKind choose(ProjectFiles seen) throws CommandException {
    if (kind.given().isPresent()) {
      try {
        return ProjectKind.parse(kind.value());
      } catch (IllegalArgumentException e) {
        throw new CommandException(
            ExitCode.USAGE, "--kind: " + e.getMessage(), "such as --kind make", e);
      }
    }
    return recognize(seen, output, "--kind says another");
  }

  /**
   * The kind of the files that there are.
   *
   * @param otherwise how the user has another taken
   */
  static ProjectKind recognize(ProjectFiles seen, Output output, String otherwise)
      throws CommandException {
    List<ProjectKind> kinds = ProjectKind.of(seen);
    if (kinds.isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE,
          "no file at the repository's root tells how it is built",
          "say it with `peer init --kind` (" + ProjectKind.names() + "), and edit the mkfile");
    }
    if (kinds.size() > 1) {
      output.say(
          "it could be any of "
              + kinds.stream().map(ProjectKind::toString).collect(Collectors.joining(", "))
              + ", and is taken for the first; "
              + otherwise);
    }
    return kinds.getFirst();
  }

  /** The newest here. */
  private Optional<String> image() throws Exception {
    PeerSettings settings = PeerSettings.of(call.settings());
    return new ImageStore(new HomeLayout(settings.home()).images()).newest().map(Digest::toString);
  }

  private void requireFree(Path root, Set<String> names) throws CommandException {
    List<String> there =
        names.stream()
            .filter(name -> Files.exists(root.resolve(name), LinkOption.NOFOLLOW_LINKS))
            .toList();
    if (!force.value() && !there.isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE,
          String.join(" and ", there) + (there.size() == 1 ? " is" : " are") + " there already",
          "--print shows what would be written; --force overwrites");
    }
  }
}
