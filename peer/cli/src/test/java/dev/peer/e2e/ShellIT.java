package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A shell into the failure, on a real terminal. */
@Timeout(900)
class ShellIT {

  private static final String FAILING =
      """
      test:VQ:
      \techo in-the-root >/root/left; echo in-the-repository >left; echo $GREETING >>left
      \texit 3
      """;

  private static final String PROMPT = "[#$] ";

  /** Says {@code carrier-0} in a guest whose link is down. */
  private static final String LINK = "echo carrier-$(cat /sys/class/net/eth0/carrier)";

  private Team team;

  @BeforeEach
  void makeTeam() throws Exception {
    team = Team.create();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void aFailingTestsContainerIsThereAsTheTestLeftIt() throws Exception {
    Peer peer =
        team.peer("laptop")
            .with("PEER_ENV", "GREETING")
            .with("GREETING", "hello")
            .with("PEER_SECRETS", "TOKEN")
            .with("TOKEN", "open-sesame");
    Repository repository = team.repository("failing", FAILING);
    try (TerminalSession session = TerminalSession.start(peer, repository, "run --shell")) {
      session.await("a shell in the container");
      session.await(PROMPT);

      session.enter("cat /root/left left; echo $GREETING-$TERM; stty size; ls /sys/class/net");
      session.await(
          "in-the-root\\s+in-the-repository\\s+hello\\s+hello-xterm-256color\\s+33 101\\s+lo\\s");
      session.enter("echo token=$TOKEN; grep CapEff /proc/self/status");
      session.await("token=open-sesame\\s+CapEff:\\s+00000000000004fb");
      session.resize(40, 120);
      session.enter(
          "while test \"$(stty size)\" != '40 120'; do sleep 0.1; done; echo resized $((1+1))");
      session.await("resized 2");
      // The program that Ctrl-C is for says itself when it is in the foreground.
      session.enter("sh -c 'echo sleeping $((1+1)); exec sleep 1000'");
      session.await("sleeping 2");
      session.type("\u0003").await(PROMPT);
      session.enter("echo still here: $?; exit 5");
      session.await("still here: 130");

      assertThat(session.awaitEnd()).as(session.text()).isEqualTo(1);
      assertThat(session.text()).contains("peer: failed: the stage test ended with 1");
    }
    assertThat(team.machines()).isEmpty();
    assertThat(team.scratch()).isEmpty();
  }

  @Test
  void aFrozenGuestIsResumedFromTheSameMomentAsOftenAsWanted() throws Exception {
    Peer peer = team.peer("laptop");
    Repository repository = team.repository("frozen", FAILING);

    Run run = peer.run(repository, "run", "--freeze").hasExitCode(1);

    String id = run.awaitLine("`peer vm shell --frozen ([0-9a-f]+)`");
    assertThat(team.machines()).isEmpty();
    Path kept = peer.home().resolve("vm/frozen").resolve(id);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
        .isEqualTo("rwx------");
    assertThat(peer.run(repository, "vm", "ls").hasExitCode(0).stdout())
        .contains(id, "example.org/frozen", "failed in test", " MiB");
    assertThat(peer.run(repository, "vm", "ls", "--json").stdout())
        .contains("\"id\":\"" + id + "\"", "\"stage\":\"test\"", "\"target\":\"test\"");
    for (int time = 1; time <= 2; time++) {
      try (TerminalSession session =
          TerminalSession.start(peer, repository, "vm shell --frozen " + id)) {
        session.await(PROMPT);
        session.enter(
            "cat /root/left left; ls -d /root/mine; ls /sys/class/net; echo seen $((1+1))");
        assertThat(session.await("(?s)(in-the-root.*)seen 2"))
            .contains("in-the-repository", "cannot access '/root/mine'", "lo");
        session.await(PROMPT);
        session.enter("echo mine >/root/mine; cat /root/mine; rm left; exit");
        session.await("mine\\s");
        assertThat(session.awaitEnd()).as(session.text()).isZero();
      }
    }
    try (TerminalSession session =
        TerminalSession.start(peer, repository, "vm shell --guest --frozen " + id)) {
      session.await(PROMPT);
      session.enter("cat left; " + LINK + "; exit");
      session.await("in-the-repository\\s+carrier-0");
      assertThat(session.awaitEnd()).as(session.text()).isZero();
    }
    peer.run(repository, "vm", "rm", id).hasExitCode(0);
    assertThat(peer.run(repository, "vm", "ls").stdout()).isEmpty();
    assertThat(kept).doesNotExist();
    peer.run(repository, "vm", "rm", id).refuses(2, "no frozen guest");
  }

  @Test
  void aGuestIsThereWithoutAFailingTest() throws Exception {
    Repository repository = team.repository("guest", FAILING);
    try (TerminalSession session =
        TerminalSession.start(team.peer("laptop"), repository, "vm shell --guest")) {
      session.await("a shell in the guest");
      session.await(PROMPT);
      session.enter("pwd; ls; id -un; " + LINK);
      session.await("/work\\s+mkfile\\s+root\\s+carrier-0");
      session.enter("exit 7");

      assertThat(session.awaitEnd()).as(session.text()).isZero();
    }
  }

  @Test
  void noShellIsOpenedWhereNobodyCouldUseIt() throws Exception {
    Peer peer = team.peer("laptop").withoutQemu();
    Repository repository = team.repository("none", FAILING);

    peer.run(repository, "run", "--shell").refuses(2, "needs a terminal");
    peer.run(repository, "vm", "shell").refuses(2, "needs a terminal");
    assertThat(peer.run(repository, "run", "--shell", "--json").hasExitCode(2).stdout())
        .contains("--shell does not go with --json");
    peer.run(repository, "run", "--shell", "--freeze").refuses(2, "mutually exclusive");
    peer.with("PEER_SECRETS", "TOKEN")
        .run(repository, "run", "--freeze")
        .refuses(2, "PEER_SECRETS");
  }
}
