package dev.peer.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.MalformedException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathsTest {

  private static final String HEX = "0123456789abcdef".repeat(4);
  private static final RunKey KEY = RunKey.ofHex(HEX);

  @Test
  void writesThePathsOfAPeer() throws Exception {
    assertThat(new PeerPath.Result(KEY).text()).isEqualTo("/v1/results/" + HEX);
    assertThat(new PeerPath.Blob(Digest.ofHex(HEX)).text()).isEqualTo("/v1/blobs/sha256/" + HEX);
    assertThat(PeerPath.parse("/v1/results/" + HEX)).contains(new PeerPath.Result(KEY));
    assertThat(PeerPath.parse("/v1/blobs/sha256/" + HEX))
        .contains(new PeerPath.Blob(Digest.ofHex(HEX)));
    assertThat(PeerPath.parse("/v1/status")).contains(new PeerPath.Status());
    assertThat(new PeerPath.RunOutput(KEY).text()).isEqualTo("/v1/runs/" + HEX + "/output");
    assertThat(PeerPath.parse("/v1/runs/" + HEX + "/output")).contains(new PeerPath.RunOutput(KEY));
  }

  @Test
  void writesThePathsOfImages() throws Exception {
    Digest digest = Digest.ofHex(HEX);
    PeerPath file = new PeerPath.ImageFile(digest, "root.erofs");
    RendezvousPath image = new RendezvousPath.Image(digest);

    assertThat(file.text()).isEqualTo("/v1/images/sha256/" + HEX + "/root.erofs");
    assertThat(PeerPath.parse(file.text())).contains(file);
    assertThat(image.text()).isEqualTo("/v1/images/sha256/" + HEX);
    assertThat(RendezvousPath.parse(image.text())).contains(image);
    assertThat(PeerPath.parse(image.text())).isEmpty();
    assertThat(RendezvousPath.parse(file.text())).isEmpty();
  }

  @Test
  void writesThePathOfAFileOfGitLfs() throws Exception {
    PeerPath file = new PeerPath.LargeFile(new RepoId("h/../r"), Digest.ofHex(HEX));

    assertThat(file.text()).isEqualTo("/v1/repos/h%2F..%2Fr/lfs/sha256/" + HEX);
    assertThat(PeerPath.parse(file.text())).contains(file);
    assertThat(RendezvousPath.parse(file.text())).isEmpty();
    assertThat(LargeFilesKey.of(new RepoId("h/r")))
        .isEqualTo(LargeFilesKey.of(new RepoId("h/r")))
        .isNotEqualTo(LargeFilesKey.of(new RepoId("h/r2")));
  }

  @Test
  void writesThePathsOfRuntimes() throws Exception {
    RepoId repo = new RepoId("h/../r");
    Digest digest = Digest.ofHex(HEX);
    PeerPath list = new PeerPath.Runtimes(repo, digest);
    PeerPath.RuntimeContent content =
        new PeerPath.RuntimeContent(repo, digest, Digest.of(new byte[0]));
    PeerPath chunks = new PeerPath.RuntimeChunks(content);
    PeerPath delta = new PeerPath.RuntimeDelta(content, digest);

    assertThat(list.text()).isEqualTo("/v1/repos/h%2F..%2Fr/runtimes/sha256/" + HEX);
    assertThat(content.text()).startsWith(list.text() + "/e3b0c442");
    assertThat(PeerPath.parse(list.text())).contains(list);
    assertThat(PeerPath.parse(content.text())).contains(content);
    assertThat(chunks.text()).isEqualTo(content.text() + "/chunks");
    assertThat(PeerPath.parse(chunks.text())).contains(chunks);
    assertThat(delta.text()).isEqualTo(content.text() + "/delta/" + HEX);
    assertThat(PeerPath.parse(delta.text())).contains(delta);
    assertThat(PeerPath.parse(delta.text() + "/more")).isEmpty();
    assertThat(PeerPath.parse(delta.text().replace("delta", "more"))).isEmpty();
    assertThat(PeerPath.parse(delta.text().replace("runtimes", "lfs"))).isEmpty();
    assertThat(PeerPath.parse(content.text() + "/more")).isEmpty();
    assertThat(PeerPath.parse(chunks.text() + "/more")).isEmpty();
    assertThat(PeerPath.parse(chunks.text().replace("runtimes", "lfs"))).isEmpty();
    assertThat(PeerPath.parse(content.text().replace("runtimes", "lfs"))).isEmpty();
    assertThat(RuntimesKey.of(repo, digest))
        .isEqualTo(RuntimesKey.of(repo, digest))
        .isNotEqualTo(RuntimesKey.of(repo, Digest.of(new byte[0])))
        .isNotEqualTo(RuntimesKey.of(new RepoId("h/r"), digest));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "h%2Fr/lfs/sha256/..",
        "h%2Fr/lfs/sha256/%2e%2e",
        "h%2Fr/lfs/sha256/..%2F..%2Fstore",
        "h%2Fr/lfs/sha256/ABC",
        "h%2Fr/lfs/sha256/",
        "/lfs/sha256/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "a%20b/lfs/sha256/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "a%0ab/lfs/sha256/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
      })
  void refusesAFileOfGitLfsThatIsNone(String path) {
    assertThatThrownBy(() -> PeerPath.parse("/v1/repos/" + path))
        .isInstanceOf(MalformedException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "..", "a..b", ".a", "a.", "A", "a%2e", "a b", "%2e%2e", "a\\b", "a_b"})
  void refusesAFileOfAnImageThatIsNone(String file) {
    assertThatThrownBy(() -> PeerPath.parse("/v1/images/sha256/" + HEX + "/" + file))
        .isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> new PeerPath.ImageFile(Digest.ofHex(HEX), "a".repeat(65)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesAnImageWhoseDigestIsNone() {
    assertThatThrownBy(() -> PeerPath.parse("/v1/images/sha256/../kernel"))
        .isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> RendezvousPath.parse("/v1/images/sha256/ABC"))
        .isInstanceOf(MalformedException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/v1",
        "/v1/results",
        "/v2/status",
        "/v1/status/",
        "//v1/status",
        "/v1/blobs/md5/0"
      })
  void knowsNoOtherPathOfAPeer(String path) throws Exception {
    assertThat(PeerPath.parse(path)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/v1/results/", "/v1/results/..", "/v1/blobs/sha256/ABC", "/v1/runs/../output"})
  void refusesAPathWhoseDigestIsNone(String path) {
    assertThatThrownBy(() -> PeerPath.parse(path)).isInstanceOf(MalformedException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "git.example.org/team/project",
        "root:0123456789abcdef0123456789abcdef01234567",
        "a%2Fb",
        "100%",
        "..",
        "../../etc/passwd",
        "C:\\repos\\x",
        "host/päth/プロジェクト/🙂",
        "a?b#c;d&e=f+g",
        "/absolute/path",
      })
  void givesBackEveryRepository(String repo) throws Exception {
    String path = new RendezvousPath.Result(new RepoId(repo), KEY).text();

    assertThat(path.chars().filter(c -> c == '/').count()).isEqualTo(5);
    assertThat(RendezvousPath.parse(path))
        .contains(new RendezvousPath.Result(new RepoId(repo), KEY));
    assertThat(URI.create("https://localhost:1" + path).getRawPath()).isEqualTo(path);
  }

  @Test
  void readsThePathsOfStatementsThatItWrote() throws Exception {
    RendezvousPath.Results results = new RendezvousPath.Results(new RepoId("h/r"));
    RendezvousPath.Reports reports = new RendezvousPath.Reports(new RepoId("h/r"), KEY);

    assertThat(reports.text()).isEqualTo("/v1/repos/h%2Fr/results/" + HEX + "/reports");
    assertThat(RendezvousPath.parse(reports.text())).contains(reports);
    RendezvousPath.Hits hits = new RendezvousPath.Hits(new RepoId("h/r"), KEY);
    assertThat(hits.text()).isEqualTo("/v1/repos/h%2Fr/results/" + HEX + "/hits");
    assertThat(RendezvousPath.parse(hits.text())).contains(hits);
    assertThat(RendezvousPath.parse(results.text() + "/" + HEX + "/other")).isEmpty();
    assertThat(RendezvousPath.parse(results.text())).contains(results);
  }

  @Test
  void encodesSlashes() {
    assertThat(new RendezvousPath.Result(new RepoId("h/tü"), KEY).text())
        .isEqualTo("/v1/repos/h%2Ft%C3%BC/results/" + HEX);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%",
        "%2",
        "%zz",
        "a%00b",
        "%FF",
        "%C3",
        "%C0%AF",
        "",
        "a%20b",
        "ä",
        "a b",
        "%E2%80%AE"
      })
  void refusesARepositoryThatIsNone(String segment) {
    assertThatThrownBy(() -> RendezvousPath.parse("/v1/repos/" + segment + "/results/" + HEX))
        .isInstanceOf(MalformedException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/repos/a/b/results/x",
        "/v1/repos/a/x/b",
        "/v1/repos/a/results/b/report",
        "/v1/repos/a/results/b/reports/c",
        "/v1/lease/",
        "/v1/leases",
        "/"
      })
  void knowsNoOtherPathOfARendezvous(String path) throws Exception {
    assertThat(RendezvousPath.parse(path)).isEmpty();
  }

  @Test
  void readsTheInstanceItWrote() throws Exception {
    InstanceId instance = InstanceId.random();

    assertThat(InstanceId.ofQuery(instance.query().substring(1))).isEqualTo(instance);
    assertThat(InstanceId.ofQuery("")).isEqualTo(InstanceId.SOLE);
    assertThat(InstanceId.random()).isNotEqualTo(instance);
  }

  @ParameterizedTest
  @ValueSource(strings = {"instance", "instance=", "instance=a&b=c", "x=1", "instance=a/b"})
  void refusesAnotherQuery(String query) {
    assertThatThrownBy(() -> InstanceId.ofQuery(query)).isInstanceOf(MalformedException.class);
  }
}
