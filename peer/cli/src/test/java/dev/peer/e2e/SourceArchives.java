package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Sources of public projects, as Debian keeps them: what their authors published, without a patch.
 */
final class SourceArchives {

  private static final String SUITE = "bookworm";

  private final Team team;
  private final Path directory;

  private SourceArchives(Team team, Path directory) {
    this.team = team;
    this.directory = directory;
  }

  /** An apt of its own with the mirror that this machine's apt has, which stays as it is. */
  static SourceArchives of(Team team) throws IOException, InterruptedException {
    SourceArchives archives = new SourceArchives(team, team.root().resolve("apt"));
    for (String place : List.of("lists/partial", "cache/archives/partial", "sources")) {
      Files.createDirectories(archives.directory.resolve(place));
    }
    Files.writeString(archives.directory.resolve("sources.list"), archives.mirror());
    Files.writeString(
        archives.directory.resolve("apt.conf"),
        """
        Dir::Etc::sourcelist "%1$s/sources.list";
        Dir::Etc::sourceparts "-";
        Dir::State::lists "%1$s/lists";
        Dir::Cache "%1$s/cache";
        APT::Sandbox::User "root";
        """
            .formatted(archives.directory));
    archives.apt("apt-get -q update");
    return archives;
  }

  /** Unpacks the source of a Debian package. */
  void unpack(String source, Path to) throws IOException, InterruptedException {
    Path fetched = Files.createDirectories(directory.resolve("sources").resolve(source));
    apt("cd " + fetched + " && apt-get -q source --download-only --tar-only " + source);
    try (Stream<Path> files = Files.list(fetched)) {
      Path archive =
          files.filter(file -> file.toString().contains(".orig.tar.")).findFirst().orElseThrow();
      Files.createDirectories(to);
      team.tool(
              "tar",
              "--extract",
              "--no-same-owner",
              "--strip-components=1",
              "--file=" + archive,
              "--directory=" + to)
          .hasExitCode(0);
    }
  }

  private String mirror() throws IOException, InterruptedException {
    String repositories =
        team.tool("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages")
            .hasExitCode(0)
            .stdout();
    List<String> mirrors =
        repositories.lines().filter(line -> line.endsWith("/debian/")).distinct().toList();
    assertThat(mirrors).as("mirrors of Debian in\n" + repositories).isNotEmpty();
    return "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n"
        .formatted(mirrors.getFirst(), SUITE);
  }

  private void apt(String line) throws IOException, InterruptedException {
    team.tool("sh", "-ec", "export APT_CONFIG=" + directory + "/apt.conf; " + line).hasExitCode(0);
  }
}
