package dev.peer.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.CommitId;
import dev.peer.core.id.LocalRepo;
import dev.peer.core.id.RepoId;
import dev.peer.source.command.Answer;
import dev.peer.source.command.GitCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One repository has one name, however the URL of its remote is spelled. */
class RemoteNameTest {

  private static final String SSH =
      """
      Host github.com-work gh
        HostName GitHub.com
        User git
      Host over443
        HostName ssh.github.com
        Port 443
      Host work
        HostName git.example.org
        Port 2222
      Host git.example.org
        HostName 192.0.2.7
        Port 2222
      Host inside
        HostName server
      """;

  @TempDir Path temp;

  private Git git;
  private Path ssh;

  @BeforeEach
  void init() throws IOException {
    git = Git.init(temp.resolve("work"));
    ssh = Files.writeString(temp.resolve("ssh_config"), SSH);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://github.com/team/x",
        "https://github.com/Team/X.git",
        "https://www.github.com/team/x",
        "git@github.com:Team/x",
        "git@github.com-work:team/x.git",
        "github.com-work:/team/x.git",
        "ssh://git@gh/team/X.git",
        "over443:team/x",
        "ssh://git@ssh.github.com:443/team/x",
        "git@ssh.github.com:team/x",
        "https://mirror.example.net/github/team/x",
        "hub:team/X",
        "short:x",
        "team-x",
      })
  void aRepositoryOfAPublicForgeHasOneName(String url) throws IOException {
    git.run("config", "url.https://github.com/.insteadOf", "https://mirror.example.net/github/");
    git.run("config", "url.git@github.com-work:.insteadOf", "hub:");
    git.run("config", "url.gh:team/.insteadOf", "short:");
    git.run("config", "url.https://github.com/team/x.insteadOf", "team-x");
    assertThat(name(url))
        .contains(new RemoteName(new RepoId("github.com/team/x"), Optional.empty()));
  }

  @Test
  void theMirrorOfAPublicForgesRepositoryIsNotItsName() throws IOException {
    git.run("config", "url.https://mirror.example.net/.insteadOf", "https://github.com/");
    assertThat(id("https://github.com/team/x")).isEqualTo("github.com/team/x");
  }

  @ParameterizedTest
  @CsvSource({
    "https://git.example.org/Team/X, git.example.org/Team/X",
    "git@git.example.org:team/x, git.example.org/team/x",
    "https://git.example.org/team/x, git.example.org/team/x",
    "ssh://git@git.example.org:2222/team/x, git.example.org:2222/team/x",
    "work:team/x, git.example.org:2222/team/x",
    "ssh://git@work:29418/team/x, git.example.org:29418/team/x",
    "inside:team/x, inside/team/x",
    "unknown:team/x, unknown/team/x",
    "ssh://-oProxyCommand=x/team/x, -oproxycommand=x/team/x",
    "git@[2001:db8::1]:team/x, [2001:db8::1]/team/x",
  })
  void keepsTheNameThatOtherMachinesKnow(String url, String id) throws IOException {
    git.run("config", "url.ssh://git@git.example.org:2222/.insteadOf", "https://git.example.org/");
    assertThat(id(url)).isEqualTo(id);
  }

  @ParameterizedTest
  @CsvSource({
    "work:team/x, configuration on this machine",
    "short:team/x, from short/team/x",
    "unknown:team/x, its host has this name",
    "ssh://git@other.example.org:2222/team/x, no such port",
    "https://other.example.org/Team/x, in any case",
  })
  void saysWhyOtherMachinesMayKnowItByAnotherName(String url, String why) throws IOException {
    git.run("config", "url.https://git.example.org/.insteadOf", "short:");
    assertThat(name(url).orElseThrow().doubt().orElseThrow()).contains(why);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://other.example.org/team/x", "git@other.example.org:team/x"})
  void doubtsNoPlainName(String url) throws IOException {
    assertThat(name(url).orElseThrow().doubt()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/srv/git/x", "../x", "file:///srv/x", "C:\\x"})
  void aPlaceOnThisMachineGivesNoName(String url) throws IOException {
    assertThat(name(url)).isEmpty();
  }

  @Test
  void whatIsKeptStaysWithTheCloneAndAForkMayShareTheUpstreamsName() throws Exception {
    String first = git.write("a", "a\n").commitAll("first");
    try (GitRepository repository = GitRepository.open(git.directory())) {
      Revision head = repository.resolve("HEAD");
      assertThat(repository.names().shared()).isEmpty();
      assertThat(repository.names().doubt()).isEmpty();
      assertThat(repository.names().local(head).id())
          .isEqualTo(RepoId.ofRootCommit(new CommitId(first)));

      git.run("remote", "add", "origin", "https://github.com/Me/X.git");
      assertThat(repository.names().id(head)).isEqualTo(new RepoId("github.com/me/x"));
      assertThat(repository.names().local(head))
          .isEqualTo(LocalRepo.named(new RepoId("github.com/Me/X")));
      assertThat(repository.names().shared()).contains(new RepoId("github.com/me/x"));

      git.run("remote", "add", "upstream", "git@github.com:Team/X.git");
      assertThat(repository.names().id(head)).isEqualTo(new RepoId("github.com/me/x"));
      assertThat(repository.names().shared()).contains(new RepoId("github.com/team/x"));
    }
  }

  private String id(String url) throws IOException {
    return name(url).orElseThrow().id().text();
  }

  private Optional<RemoteName> name(String url) throws IOException {
    git.run("remote", "add", "origin", url);
    GitCommand command = new GitCommand(git.directory());
    return RemoteName.of("origin", url, command, this::configuration);
  }

  /** The real ssh, with a configuration of its own. */
  private Answer configuration(String destination, Optional<String> port) {
    List<String> ask = new ArrayList<>(List.of("ssh", "-F", ssh.toString(), "-G"));
    port.ifPresent(named -> ask.addAll(List.of("-p", named)));
    ask.addAll(List.of("--", destination));
    return new Answer.Said(new String(Git.run(temp, new byte[0], ask), StandardCharsets.UTF_8));
  }
}
