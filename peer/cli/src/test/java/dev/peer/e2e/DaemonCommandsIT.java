package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commands that a daemon does are as those of a process of their own, and start no runtime. */
@Timeout(900)
@Order(1) // One of the longest: begun last, it would end alone.
class DaemonCommandsIT {

  /** More than the pipes between a test and its reader hold. */
  private static final String OUTPUT =
      "\u001b[31mred\u001b[0m \u001b]0;title\u0007 é\n\0"
          + IntStream.range(0, 60_000)
              .mapToObj("a line of some length, number %d\n"::formatted)
              .collect(Collectors.joining())
          + "no end";

  private Team team;
  private Peer laptop;
  private Path repository;
  private WarmCommands commands;

  @BeforeEach
  void makeResult() throws Exception {
    team = Team.create();
    laptop = team.peer("laptop").withoutQemu();
    Repository made = SignedResult.repository(team, "replayed").commit();
    SignedResult.sign(
        team,
        laptop,
        made,
        SignedResult.output(OUTPUT, "complaint"),
        Map.of("report/index.html", "<p>", "big", "x".repeat(3 << 20)));
    repository = made.directory();
    commands = new WarmCommands(team);
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  private void startDaemon() throws Exception {
    laptop.start(team.root(), "daemon").awaitLine("^peer: takes runs, (\\d+) at once$");
  }

  private void assertSame(Peer peer, String line) throws Exception {
    String[] arguments = line.split(" ");
    WarmCommands.assertSame(
        line,
        commands.start(peer, repository, arguments).await(),
        commands.startCold(peer, repository, arguments).await());
  }

  @Test
  void answersAsAProcessOfItsOwn() throws Exception {
    startDaemon();
    for (String line :
        List.of(
            "replay",
            "replay --json",
            "replay --timings --artifacts ../out",
            "replay --artifacts mkfile",
            "replay no-such-target",
            "replay --rev none",
            "replay --no-such-option",
            "replay --wait forever",
            "run --json",
            "explain --json",
            "explain no-such-target",
            "ls",
            "ls --json",
            "show --json",
            "show 0000",
            "log",
            "log --label --raw",
            "log --failed",
            "artifacts --json",
            "artifacts --to ../made")) {
      assertSame(laptop, line);
    }
    assertThat(team.root().resolve("made/report/index.html")).hasContent("<p>");
  }

  @Test
  void goesByTheCallersVariables() throws Exception {
    startDaemon();
    assertSame(laptop.with("GIT_SSL_CAINFO", "/none").with("GIT_AUTHOR_NAME", "x"), "replay");
    assertSame(laptop.with("GIT_DIR", team.root()), "explain");
    assertSame(laptop.with("PEER_ALLOW_SIGN", "cn:nobody"), "replay");
    assertSame(laptop.with("PEER_CA", "/none"), "replay");
    assertSame(laptop.with("PEER_ENV", "COUNTED").with("COUNTED", "one"), "explain --json");
    assertSame(laptop.with("PEER_ENV", "COUNTED").with("COUNTED", "two"), "explain --json");
    assertSame(laptop.with("PEER_NO_SETTING", "1"), "show");
  }

  /** Where the daemon would do something else, the command is done by its own process. */
  @Test
  void isDoneByItsOwnProcessWhereTheDaemonDiffers() throws Exception {
    startDaemon();
    Path home = Files.createDirectory(team.root().resolve("elsewhere"));
    Peer otherGroup = laptop.in(List.of("/usr/bin/setpriv", "--regid=4711", "--clear-groups"));
    Path other = Files.createDirectories(team.root().resolve("other/bin"));
    Files.copy(Dist.command("peer"), other.resolve("peer"));
    Files.createSymbolicLink(other.resolveSibling("lib"), Dist.home().resolve("lib"));
    for (Peer peer :
        List.of(
            laptop.with("PEER_HOME", home),
            laptop.with("HOME", home),
            laptop.with("XDG_CONFIG_HOME", home),
            laptop.with("https_proxy", "http://127.0.0.1:1"),
            laptop.with("NO_PROXY", "*"),
            laptop.with("PEER_CA", relative(laptop.environment().get("PEER_CA"))),
            otherGroup)) {
      assertOwnProcess(peer, "ls");
    }
    assertOwnProcess(laptop, "run", "--no-daemon", "--exit", "--json");
    assertOwnProcess(laptop, "run", "--rev", "none");
    assertOwnProcess(laptop, "doctor", "--no-such-option");
    assertOwn(commands.shell(laptop, repository, other + "/peer", "$peer ls"), "an installation");
    assertOwn(
        commands.shell(laptop, repository, Dist.command("peer").toString(), "umask 7; $peer ls"),
        "a umask");
    assertOwn(
        commands.shell(
            laptop, repository, Dist.command("peer").toString(), "$peer show $'\\xe0\\x80\\x80'"),
        "an argument that is not UTF-8");
    assertOwn(
        commands.shell(
            laptop,
            repository,
            Dist.command("peer").toString(),
            "mkdir gone && cd gone && rmdir ../gone; exec $peer ls"),
        "a directory that is gone");
  }

  private String relative(String path) {
    return repository.relativize(Path.of(path)).toString();
  }

  private void assertOwnProcess(Peer peer, String... arguments) throws Exception {
    Run run = commands.start(peer, repository, arguments).await();
    assertOwn(run, peer.environment() + " " + List.of(arguments));
    WarmCommands.assertSameAnswer(
        run.stderr(), run, commands.startCold(peer, repository, arguments).await());
  }

  private static void assertOwn(Run run, String what) {
    assertThat(WarmCommands.startedJava(run)).as(what + ": " + run.stderr()).isTrue();
  }

  @Test
  void writesToWhateverTheOutputLeadsTo() throws Exception {
    startDaemon();
    Files.createDirectory(repository.resolve("below"));
    for (String line :
        List.of(
            "$peer log >/dev/full; echo $?",
            "$peer ls >/dev/full; echo $?",
            "$peer log --stdout | head -c 1; echo ${PIPESTATUS[0]}",
            "$peer log | md5sum",
            "$peer log >&-; echo $?",
            "$peer ls <&-; echo $?",
            "echo input | (read -r line; $peer ls; echo $line)",
            "cd below; $peer artifacts --to here; ls -lR here | md5sum; rm -r here")) {
      WarmCommands.assertSame(
          line,
          commands.shell(laptop, repository, Dist.command("peer").toString(), line),
          commands.shell(laptop, repository, WarmCommands.cold(), line));
    }
    for (String line :
        List.of(
            "$peer replay --json 2>/dev/full | wc -l; echo ${PIPESTATUS[0]}",
            "$peer log 2>&- | md5sum",
            "$peer log 2>&1 | grep -av '^Picked up' | md5sum")) {
      WarmCommands.assertSameAnswer(
          line,
          commands.shell(laptop, repository, Dist.command("peer").toString(), line),
          commands.shell(laptop, repository, WarmCommands.cold(), line));
    }
  }

  /** These texts are made by the build, and need no daemon. */
  @Test
  void printsHelpAndVersionWithoutARuntime() throws Exception {
    for (String line :
        List.of("--version", "-V", "--help", "help", "help run", "run -h", "daemon start --help")) {
      assertSame(laptop, line);
    }
    for (String line : List.of("help no-such-command", "help run ls", "daemon no-such --help")) {
      String[] arguments = line.split(" ");
      WarmCommands.assertSameAnswer(
          line,
          commands.start(laptop, repository, arguments).await(),
          commands.startCold(laptop, repository, arguments).await());
    }
    String full = "$peer --help >/dev/full; echo $?";
    WarmCommands.assertSame(
        full,
        commands.shell(laptop, repository, Dist.command("peer").toString(), full),
        commands.shell(laptop, repository, WarmCommands.cold(), full));
  }
}
