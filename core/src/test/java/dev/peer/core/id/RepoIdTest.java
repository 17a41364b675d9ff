package dev.peer.core.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepoIdTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://git.example.org/team/project",
        "https://git.example.org/team/project/",
        "https://git.example.org/team/project.git",
        "https://git.example.org/team/project.git/",
        "https://git.example.org:443/team/project.git",
        "https://GIT.Example.org/team/project.git",
        "HTTPS://git.example.org/team/project.git",
        "https://user@git.example.org/team/project.git",
        "https://user:token@git.example.org/team/project.git",
        "https://user:p@ss:word@git.example.org/team/project.git",
        "https://git.example.org/team/project.git?private_token=abc#x",
        "https://git.example.org//team//project.git",
        "http://git.example.org:80/team/project",
        "git://git.example.org:9418/team/project",
        "ssh://git@git.example.org/team/project.git",
        "ssh://git@git.example.org:22/team/project.git",
        "git+ssh://git@git.example.org:22/team/project.git",
        "git@git.example.org:team/project.git",
        "git@git.example.org:/team/project.git",
        "git.example.org:team/project",
        "https://git.example.org:/team/project",
      })
  void allFormsOfOneRemoteGiveOneId(String url) {
    assertThat(RepoId.ofRemote(url)).contains(new RepoId("git.example.org/team/project"));
  }

  @ParameterizedTest
  @CsvSource({
    "github.com/Team/X, github.com/team/x",
    "ssh.github.com:443/Team/X, github.com/team/x",
    "altssh.gitlab.com:443/Group/Sub/X, gitlab.com/group/sub/x",
    "altssh.bitbucket.org:443/team/x, bitbucket.org/team/x",
    "codeberg.org/Team/X, codeberg.org/team/x",
    "dev.azure.com/Org/My%20Project/_git/X, dev.azure.com/org/my%20project/_git/x",
    "dev.azure.com/Org/_git/X, dev.azure.com/org/x/_git/x",
    "dev.azure.com/Org/*, dev.azure.com/org/*",
    "ssh.dev.azure.com/v3/Org/Project/X, dev.azure.com/org/project/_git/x",
    "vs-ssh.visualstudio.com/v3/Org/Project/X, dev.azure.com/org/project/_git/x",
    "org.visualstudio.com/DefaultCollection/Project/_git/X, dev.azure.com/org/project/_git/x",
    "org.visualstudio.com/_git/X, dev.azure.com/org/x/_git/x",
    "visualstudio.com/Project/_git/X, visualstudio.com/Project/_git/X",
    "dev.azure.com.evil.org/Org/_git/X, dev.azure.com.evil.org/Org/_git/X",
    "git.example.org/Team/X, git.example.org/Team/X",
    "github.com:8443/Team/X, github.com:8443/Team/X",
    "github.com.evil.org/Team/X, github.com.evil.org/Team/X",
    "github.com/\u212Aim, github.com/\u212Aim",
    "root:ABC, root:ABC",
  })
  void aPublicForgeHasOneNameForARepository(String id, String canonical) {
    assertThat(new RepoId(id).canonical()).isEqualTo(new RepoId(canonical));
    assertThat(RepoId.canonical(id)).isEqualTo(canonical);
  }

  @ParameterizedTest
  @CsvSource({
    "ssh://git@git.example.org:2222/team/project.git, git.example.org:2222/team/project",
    "https://git.example.org:8443/team/project.git, git.example.org:8443/team/project",
    "https://git.example.org:22/team/project.git, git.example.org:22/team/project",
    "ssh://git@[2001:DB8::1]:22/team/project, [2001:db8::1]/team/project",
    "ssh://git@[2001:db8::1]:2222/team/project, [2001:db8::1]:2222/team/project",
    "git@[2001:db8::1]:team/project.git, [2001:db8::1]/team/project",
    "https://git.example.org/Team/Project, git.example.org/Team/Project",
    "ssh://git.example.org/~me/project, git.example.org/~me/project",
    "git.example.org:~me/project, git.example.org/~me/project",
    "https://git.example.org/a%20b, git.example.org/a%20b",
    "git@git.example.org:a b.git, git.example.org/a%20b",
    "https://git.example.org/.git, git.example.org",
    "https://git.example.org, git.example.org",
  })
  void keepsWhatTellsRepositoriesApart(String url, String id) {
    assertThat(RepoId.ofRemote(url)).contains(new RepoId(id));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/srv/git/project.git",
        "../project",
        "./a:b",
        "project",
        "~/project",
        "file:///srv/git/project.git",
        "FILE:///srv/git/project.git",
        "file://host/srv/project",
        "C:/git/project",
        "C:\\git\\project",
        "\\\\server\\share\\project",
        "https://localhost/project",
        "http://127.0.0.1:3000/project",
        "ssh://git@[::1]:2222/project",
        "localhost:project",
        "codecommit::region://project",
        "ext::sh -c whatever",
        "",
      })
  void aPlaceOnOneMachineHasNoId(String url) {
    assertThat(RepoId.ofRemote(url)).isEmpty();
  }

  @Test
  void refusesARemoteTooLongForAnId() {
    assertThatThrownBy(() -> RepoId.ofRemote("https://git.example.org/" + "x".repeat(512)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ssh://layers:/",
        "layers://",
        "layers:/",
        "layers:",
        "https://layers/",
        "a@layers:/",
        "ssh://a@layers:22:/",
        "ssh://a@layers::22/",
        "ssh://layers::/",
        "layers:///",
        "https://layers%3A/",
      })
  void noRemoteHasTheNameOfLayers(String beginning) {
    Digest layers = Digest.of(new byte[] {1});

    assertThat(RepoId.ofLayers(layers).isOfLayers()).isTrue();
    assertThat(RepoId.ofRemote(beginning + layers.hex()).filter(RepoId::isOfLayers)).isEmpty();
  }

  @Test
  void namesARepositoryWithoutARemoteByItsRoot() {
    CommitId root = new CommitId("0123456789012345678901234567890123456789");
    assertThat(RepoId.ofRootCommit(root).text())
        .isEqualTo("root:0123456789012345678901234567890123456789");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a\nb", "a\u0000", "a\u202eb", "a\u00a0b", "a\ufffdb"})
  void refusesTextThatIsNoId(String text) {
    assertThatThrownBy(() -> new RepoId(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a repository id");
  }
}
