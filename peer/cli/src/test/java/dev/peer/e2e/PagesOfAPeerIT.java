package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The pages of the installed command: those that a peer serves, and a result as a file. */
@Timeout(600)
class PagesOfAPeerIT {

  private Team team;

  @BeforeEach
  void createTeam() throws Exception {
    team = Team.create();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void aPeerThatServesShowsItsResultsToWhomItsRulesAdmit() throws Exception {
    team.startRendezvous();
    Peer holder = team.peer("holder").withoutQemu().with("PEER_ALLOW_FETCH", "cn:reader");
    Repository repository = signed(holder);
    Peer reader = team.peer("reader");
    holder.here().start(repository, "run").awaitLine("^peer: serving the result");
    String address = addressOf(holder, reader);

    String list = page(reader, address, "/ui/");
    assertThat(list).startsWith("200 text/html; charset=utf-8\n").contains("example.org/replayed");
    String link = list.replaceAll("(?s).*href=\"(/ui/results/[0-9a-f]{64})\".*", "$1");
    assertThat(page(reader, address, link))
        .contains("<p class=\"verdict\">Passed</p>", "said &lt;b&gt;", "signed the result");
    assertThat(page(reader, address, link + "/stdout")).contains("said <b>");
    assertThat(page(team.peer("other"), address, "/ui/"))
        .startsWith("403 ")
        .doesNotContain("example.org/replayed");
  }

  @Test
  void aRendezvousShowsWhatItsReadersMayLookUp() throws Exception {
    team.startRendezvous();
    Peer holder = team.peer("holder").withoutQemu();
    holder.here().start(signed(holder), "run").awaitLine("^peer: serving the result");
    Peer reader = team.peer("reader");
    String key = holder.onlyResult().getParent().getFileName().toString();

    assertThat(page(reader, team.rendezvous(), "/ui/"))
        .startsWith("200 text/html; charset=utf-8\n")
        .doesNotContain("example.org/replayed");
    assertThat(page(reader, team.rendezvous(), "/ui/?repo=example.org%2Freplayed"))
        .contains(key, "CN=holder", addressOf(holder, reader) + "/ui/results/" + key);
  }

  @Test
  void openStartsTheBrowserAtThePagesOfADaemon() throws Exception {
    team.startRendezvous();
    Peer holder = team.peer("holder").withoutQemu().with("PATH", System.getenv("PATH"));
    Repository repository = signed(holder);
    Peer reader = team.peer("reader");
    holder.start(team.root(), "daemon").awaitLine("^peer: takes runs, (\\d+) at once$");
    Path seen = team.root().resolve("seen");
    Path browser =
        Files.writeString(
            Files.createFile(
                team.root().resolve("browser"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))),
            "#!/bin/sh\n{ echo \"$1\"; env; } > " + seen + ".new; mv " + seen + ".new " + seen);
    String key = holder.onlyResult().getParent().getFileName().toString();

    Run opened =
        holder
            .with("BROWSER", "/none:" + browser)
            .run(repository, "open", key.substring(0, 8))
            .hasExitCode(0);
    String address = opened.stdout().strip();
    assertThat(address).endsWith("/ui/results/" + key);
    assertThat(opened.stderr())
        .contains(
            "openssl pkcs12 -export -in " + holder.environment().get("PEER_CERT") + " -inkey ");
    while (!Files.exists(seen)) {
      Thread.sleep(20);
    }
    assertThat(seen).content().startsWith(address + "\n").doesNotContain("PEER_");
    assertThat(page(reader, address, "")).contains("<p class=\"verdict\">Passed</p>");
    String ofTree =
        holder.run(repository, "open", "--print", "--rev", "HEAD").hasExitCode(0).stdout().strip();
    assertThat(page(reader, ofTree, "")).contains("results 1 to 1 of 1");
  }

  @Test
  void aDaemonShowsWhatItWatchesToWhomItsRulesAdmit() throws Exception {
    team.startRendezvous();
    String listen = "127.0.0.1:" + Team.freePort();
    Peer holder =
        team.peer("holder")
            .withoutQemu()
            .with("PEER_LISTEN", listen)
            .with("PEER_ALLOW_FETCH", "example.org/replayed => anyone; * => cn:lead");
    signed(holder);
    Peer reader = team.peer("reader");
    holder.start(team.root(), "daemon", "--watch", "shown").awaitLine("^peer: takes runs");
    String address = "https://" + listen;

    assertThat(page(team.peer("lead"), address, "/ui/daemon"))
        .startsWith("200 ")
        .contains("example.org/replayed", "It has no schedule", "Runs with a machine: 0 of at most")
        .doesNotContain(team.root().toString());
    assertThat(page(reader, address, "/ui/daemon"))
        .startsWith("200 ")
        .contains("example.org/replayed")
        .doesNotContain("Runs with a machine", team.root().toString());
  }

  @Test
  void openFindsARunThatServes() throws Exception {
    team.startRendezvous();
    String listen = "127.0.0.1:" + Team.freePort();
    Peer holder = team.peer("holder").withoutQemu().with("PEER_LISTEN", listen);
    Repository repository = signed(holder);
    holder.run(repository, "open", "--print").refuses(3, "no daemon runs for \\S+");

    holder.start(repository, "run").awaitLine("^peer: serving the result");

    assertThat(holder.run(repository, "open", "--print").hasExitCode(0).stdout())
        .isEqualTo("https://" + listen + "/ui/\n");
    holder.run(repository, "open").refuses(4, "there is no browser to start");
    team.peer("other").with("PEER_LISTEN", listen).run(repository, "open").refuses(3, "no daemon");
  }

  @Test
  void showWritesAResultAsAFile() throws Exception {
    Peer laptop = team.peer("laptop").withoutQemu();
    Repository repository = signed(laptop);

    laptop.here().run(repository, "show", "--html", "result.html").hasExitCode(0);

    assertThat(Files.readString(repository.directory().resolve("result.html")))
        .startsWith("<!DOCTYPE html>")
        .contains("said &lt;b&gt;", "style-src &#39;sha256-")
        .doesNotContain("/ui/");
    laptop.here().run(repository, "show", "--html", "x", "--json").hasExitCode(2);
  }

  private Repository signed(Peer signer) throws Exception {
    Repository repository = SignedResult.repository(team, "shown").commit();
    SignedResult.sign(team, signer, repository, SignedResult.output("said <b>\n", ""), Map.of());
    return repository;
  }

  private String addressOf(Peer holder, Peer reader) throws IOException, InterruptedException {
    String key = holder.onlyResult().getParent().getFileName().toString();
    return curl(reader, team.rendezvous() + "/v1/repos/example.org%2Freplayed/results/" + key)
        .replaceFirst("(?s).*(https://127[.]0[.]0[.]1:\\d+).*", "$1");
  }

  /** Status and media type on the first line, the document below. */
  private String page(Peer reader, String address, String path)
      throws IOException, InterruptedException {
    return curl(reader, address + path, "-w", "\n%{http_code} %{content_type}")
        .replaceFirst("(?s)^(.*)\n([^\n]*)$", "$2\n$1");
  }

  private String curl(Peer reader, String url, String... options)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "curl",
                "-sS",
                "-k",
                "--cert",
                reader.environment().get("PEER_CERT"),
                "--key",
                reader.environment().get("PEER_KEY")));
    command.addAll(List.of(options));
    command.add(url);
    return team.tool(command.toArray(String[]::new)).hasExitCode(0).stdout();
  }
}
