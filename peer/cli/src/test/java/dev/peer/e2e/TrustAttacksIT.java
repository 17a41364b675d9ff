package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Attacks on what a result is worth, by members of the team and by revisions. */
@Timeout(900)
class TrustAttacksIT {

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
  void aRendezvousThatLeadsToAPassItSignedItself() throws Exception {
    Peer server = team.peer("rendezvous").withoutQemu();
    team.startRendezvous(server);
    Repository repository = signed(server, "forged");
    server
        .with("PEER_RENDEZVOUS", team.rendezvous())
        .start(repository, "run")
        .awaitLine("^peer: serving the result");
    Peer laptop = team.peer("laptop").withoutQemu();

    laptop
        .here()
        .run(repository, "replay")
        .refuses(5, "results were found")
        .awaitLine("may not sign results that it led to as a rendezvous or relay");
    assertThat(laptop.results()).isZero();

    laptop
        .with("PEER_ALLOW_SIGN", "cn:rendezvous,cn:ci")
        .here()
        .run(repository, "replay")
        .hasExitCode(0);
  }

  @Test
  void aLaptopThatSignsATargetOfCi() throws Exception {
    team.startRendezvous();
    Peer holder = team.peer("holder").withoutQemu();
    Repository repository = signed(holder, "release");
    holder.here().start(repository, "run").awaitLine("^peer: serving the result");
    Peer laptop = team.peer("laptop").withoutQemu();

    laptop
        .with("PEER_ALLOW_SIGN", "example.org/replayed test => cn:ci;* => anyone")
        .here()
        .run(repository, "replay")
        .refuses(5, "results were found")
        .awaitLine("may not sign .*test");
    assertThat(laptop.results()).isZero();

    laptop
        .with("PEER_ALLOW_SIGN", "example.org/replayed publish => cn:ci;* => anyone")
        .here()
        .run(repository, "replay")
        .hasExitCode(0);
  }

  @Test
  void aRevisionThatAsksForWhatItsCallerHas() throws Exception {
    Peer laptop = team.peer("laptop").withoutQemu().with("CLOUD_KEY", "of the caller");
    Repository asking = SignedResult.repository(team, "asking");
    String settings = Files.readString(asking.directory().resolve(".env"));
    Map<String, String> asked =
        Map.of(
            "PEER_ENV=CLOUD_KEY", "CLOUD_KEY, which PEER_ALLOW_ENV does not allow",
            "PEER_SECRETS=CLOUD_KEY", "CLOUD_KEY, which PEER_ALLOW_SECRETS does not allow",
            "PEER_MEMORY=512G", "PEER_LIMITS",
            "PEER_TIMEOUT=20h", "PEER_LIMITS");
    Peer bounded =
        laptop
            .with("PEER_ALLOW_ENV", "LANG,CI_*")
            .with("PEER_ALLOW_SECRETS", "")
            .with("PEER_LIMITS", "memory=4G,timeout=2h");

    for (Map.Entry<String, String> line : asked.entrySet()) {
      asking.write(".env", settings + line.getKey() + "\n").commit();
      bounded.run(asking, "run", "--exit").refuses(2, line.getValue());
    }
  }

  @Test
  void aRevisionThatTakesAnotherRepositorysName() throws Exception {
    team.startRendezvous();
    Peer holder = team.peer("holder").withoutQemu();
    Repository victim = signed(holder, "victim");
    holder.here().start(victim, "run").awaitLine("^peer: serving the result");
    Repository thief = SignedResult.repository(team, "thief").write("other", "tree\n").commit();
    SignedResult.sign(team, holder, thief, SignedResult.output("said\n", ""), Map.of());
    holder.here().start(thief, "run").awaitLine("^peer: serving the result");
    Peer laptop = team.peer("laptop").withoutQemu().with("PEER_KEEP", 1);
    laptop.here().run(victim, "replay").hasExitCode(0);

    laptop.here().run(thief, "replay").hasExitCode(0);

    laptop.without("PEER_RENDEZVOUS").here().run(victim, "replay").hasExitCode(0);
  }

  @Test
  void aRevisionThatTakesANameForWhichALaxerRuleDecides() throws Exception {
    Peer laptop = team.peer("laptop").withoutQemu();
    Repository repository = signed(laptop, "renamed");
    repository.git("remote", "add", "origin", "https://github.com/team/app");
    Peer ci = laptop.with("PEER_ALLOW_SIGN", "github.com/team/app test => cn:ci;* => anyone");

    ci.here()
        .run(repository, "replay")
        .refuses(2, "PEER_REPO in .env is example.org/replayed, .* github.com/team/app");

    ci.with("PEER_REPO", "example.org/replayed").here().run(repository, "replay").hasExitCode(0);
  }

  private Repository signed(Peer signer, String name) throws Exception {
    Repository repository = SignedResult.repository(team, name).commit();
    SignedResult.sign(team, signer, repository, SignedResult.output("said\n", ""), Map.of());
    return repository;
  }
}
