package dev.peer.cli.setup;

import dev.peer.cli.console.Output;
import dev.peer.cli.option.HelpText;
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
import java.io.IOException;
import java.io.InputStream;
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
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code peer init}. */
@Command(
    name = "init",
    description = {
      "Write a mkfile and a .env for this repository",
      "Recognizes by the files at the root how the repository is built and tested, and by git's"
          + " remotes (upstream, else origin) its name. Both files have comments. Overwrites"
          + " nothing without --force."
    },
    mixinStandardHelpOptions = true,
    footerHeading = HelpText.EXAMPLES,
    footer = {"  peer init", "  peer init --kind go --print"})
public final class InitCommand implements Callable<Integer> {

  private static final int LARGEST_MAKEFILE = 1 << 20;

  private final CallContext call;
  private final Output output;

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description =
          "maven, gradle, npm, cargo, go, python or make (default: by the files there are)")
  private String kind;

  @Option(names = "--force", description = "overwrite a mkfile and a .env that are there")
  private boolean force;

  @Option(names = "--print", description = "print both to stdout, and write nothing")
  private boolean print;

  public InitCommand(CallContext call, Output output) {
    this.call = call;
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    Path root;
    Optional<RepoId> repo = PeerSettings.repo(call.settings());
    try (GitRepository git = GitRepository.open(call.directory(), call.environment())) {
      root = git.workTree();
      repo = repo.isPresent() ? repo : git.names().shared();
    }
    ProjectKind.ProjectFiles seen = seen(root);
    ProjectKind chosen = choose(seen.files());
    Map<String, String> files = new TreeMap<>();
    files.put("mkfile", chosen.mkfile(seen));
    files.put(".env", EnvTemplate.text(image(), repo));
    if (print) {
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
    output.say(
        "next: git add -f .env mkfile && git commit -m 'Run the tests with peer' && peer run");
    return ExitCode.PASSED.number();
  }

  private ProjectKind choose(Set<String> files) throws CommandException {
    if (kind != null) {
      try {
        return ProjectKind.parse(kind);
      } catch (IllegalArgumentException e) {
        throw new CommandException(
            ExitCode.USAGE, "--kind: " + e.getMessage(), "such as --kind make", e);
      }
    }
    List<ProjectKind> kinds = ProjectKind.of(files);
    if (kinds.isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE,
          "no file at the repository's root tells how it is built",
          "say it with --kind (" + ProjectKind.names() + "), and edit the mkfile");
    }
    if (kinds.size() > 1) {
      output.say(
          "it could be any of "
              + kinds.stream().map(ProjectKind::toString).collect(Collectors.joining(", "))
              + ", and is taken for the first; --kind says another");
    }
    return kinds.getFirst();
  }

  private static ProjectKind.ProjectFiles seen(Path root) throws IOException {
    Set<String> files;
    try (Stream<Path> listed = Files.list(root)) {
      files =
          listed
              .filter(Files::isRegularFile)
              .map(file -> file.getFileName().toString())
              .collect(Collectors.toSet());
    }
    Optional<String> makefile =
        ProjectKind.MAKE.signs().stream().filter(files::contains).findFirst();
    return new ProjectKind.ProjectFiles(
        files, makefile.isPresent() ? beginning(root.resolve(makefile.get())) : "");
  }

  private static String beginning(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(LARGEST_MAKEFILE), StandardCharsets.UTF_8);
    }
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
    if (!force && !there.isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE,
          String.join(" and ", there) + (there.size() == 1 ? " is" : " are") + " there already",
          "--print shows what would be written; --force overwrites");
    }
  }
}
