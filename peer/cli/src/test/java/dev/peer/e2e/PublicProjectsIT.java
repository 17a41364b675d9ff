package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Public projects as their authors published them, run by what {@code peer init} writes for them,
 * and replayed by another peer. Not a line of it is changed, but that a browser's package is added
 * to the others; and for Java two are added in a network whose proxy signs what registries send, as
 * the document says. Each project fetches its sources and its tools, which takes minutes.
 */
@Tag("long")
@Timeout(14400)
class PublicProjectsIT {

  /** The authorities that this machine trusts besides the usual ones. */
  private static final String ADDED = "/usr/local/share/ca-certificates";

  /** Emulated, with other work beside it, a browser and its packages take most of an hour. */
  private static final Duration LIMIT = Duration.ofHours(3);

  private static Team team;
  private static SourceArchives archives;
  private static Peer runner;
  private static Peer reader;

  /** A project: its source package, its kind, and what its tests print when they pass. */
  enum Project {
    /** In a {@code src} layout, with a compiled module. */
    MARKUPSAFE("markupsafe", "python", "(?m)^=+ \\d+ passed in "),
    /** Of JUnit 5, whose provider Surefire fetches as it runs. */
    COMMONS_CSV("commons-csv", "maven", "Tests run: \\d{3,}, Failures: 0, Errors: 0"),
    CJSON("cjson", "cmake", "100% tests passed, 0 tests failed out of \\d+"),
    LIBCSV("libcsv", "autotools", "(?s)PASS: .*\\b1 test passed"),
    UUID("golang-github-google-uuid", "go", "(?m)^ok\\s+github.com/google/uuid\\s"),
    BYTES("node-bytes", "npm", "(?m)^  \\d+ passing ");

    private final String source;
    private final String kind;
    private final String passed;

    Project(String source, String kind, String passed) {
      this.source = source;
      this.kind = kind;
      this.passed = passed;
    }
  }

  @BeforeAll
  static void makeTeam() throws Exception {
    team = Team.create();
    team.startRendezvous();
    archives = SourceArchives.of(team);
    runner = team.peer("runner").with("PEER_TIMEOUT", LIMIT.toHours() + "h");
    String authorities =
        team.tool("sh", "-c", "cat " + ADDED + "/*.crt 2>/dev/null || true").stdout();
    if (!authorities.isEmpty()) {
      runner = runner.with("PEER_PREPARE_CA", authorities);
    }
    reader = team.peer("reader").withoutQemu();
  }

  @AfterAll
  static void nothingIsLeft() throws Exception {
    team.awaitNoMachine();
    team.close();
  }

  @ParameterizedTest
  @EnumSource(Project.class)
  void passesAsItIs(Project project) throws Exception {
    Repository repository = Repository.init(team.root().resolve(project.source));
    archives.unpack(project.source, repository.directory());

    runsAndReplays(repository, project.kind, project.passed);
  }

  /** The superproject is small; its submodule is the public one. */
  @Test
  void passesWithASubmodule() throws Exception {
    Repository submodule = Repository.init(team.root().resolve("submodule"));
    archives.unpack(Project.CJSON.source, submodule.directory());
    submodule.commit();
    Repository repository =
        Repository.init(team.root().resolve("superproject"))
            .write(
                "Makefile",
                """
                test: print
                \t./print '{"answer": 42}'
                print: print.c vendor/cjson/cJSON.c
                \t$(CC) -Ivendor/cjson -o $@ print.c vendor/cjson/cJSON.c -lm
                """)
            .write(
                "print.c",
                """
                #include <stdio.h>
                #include "cJSON.h"
                int main(int argc, char **argv) {
                    cJSON *answer = cJSON_GetObjectItem(cJSON_Parse(argv[argc - 1]), "answer");
                    return answer == NULL || printf("the answer is %d\\n", answer->valueint) < 0;
                }
                """);
    repository.git(
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        submodule.directory().toString(),
        "vendor/cjson");

    runsAndReplays(repository, "make", "(?m)^the answer is 42$");
  }

  /**
   * The public ones are the browser and what drives it. The page takes more shared memory than the
   * 64 MB of a container that nobody asks for more.
   */
  @Test
  void passesWithABrowser() throws Exception {
    Repository repository =
        Repository.init(team.root().resolve("browser"))
            .write(
                "package.json",
                """
                {
                  "name": "page",
                  "version": "1.0.0",
                  "private": true,
                  "scripts": {"test": "node --test"},
                  "devDependencies": {"puppeteer-core": "22.15.0"}
                }
                """)
            .write(
                "page.html",
                """
                <!doctype html>
                <title>a page</title>
                <canvas width="6000" height="6000"></canvas>
                <script>
                  const canvas = document.querySelector("canvas");
                  const context = canvas.getContext("2d");
                  context.fillStyle = "rgb(1, 2, 3)";
                  context.fillRect(0, 0, canvas.width, canvas.height);
                  document.title = "drawn " + [...context.getImageData(5999, 5999, 1, 1).data];
                </script>
                """)
            .write(
                "page.test.js",
                """
                const assert = require("node:assert");
                const test = require("node:test");
                const puppeteer = require("puppeteer-core");

                test("the page is drawn to its last corner", async () => {
                  const browser = await puppeteer.launch({
                    executablePath: "/usr/bin/chromium",
                    args: ["--no-sandbox"],
                    timeout: 0,
                    protocolTimeout: 0,
                  });
                  const page = await browser.newPage();
                  await page.goto("file://" + __dirname + "/page.html", { timeout: 0 });
                  assert.strictEqual(await page.title(), "drawn 1,2,3,255");
                  await browser.close();
                });
                """);

    runsAndReplays(repository, "npm", "(?m)^# pass 1$", "nodejs npm", "chromium nodejs npm");
  }

  private static void runsAndReplays(Repository repository, String kind, String passed)
      throws IOException, InterruptedException {
    runsAndReplays(repository, kind, passed, "", "");
  }

  private static void runsAndReplays(
      Repository repository, String kind, String passed, String written, String edited)
      throws IOException, InterruptedException {
    repository.commit();
    Path mkfile = repository.directory().resolve("mkfile");
    assertThat(mkfile).doesNotExist();
    Run init = runner.run(repository, "init").hasExitCode(0);
    assertThat(init.stderr()).contains("peer: written for " + kind + ": ").doesNotContain("note: ");
    assertThat(mkfile).content().contains(written);
    Files.writeString(mkfile, Files.readString(mkfile).replace(written, edited));
    if (kind.equals("maven")) {
      trustThisNetwork(repository);
    }
    repository.commit();

    Run run = runner.start(repository, "run");
    run.awaitLine("^peer: serving the result", LIMIT);
    assertThat(run.stdout()).containsPattern(passed);
    Run replay = reader.run(repository, "replay").hasExitCode(0);
    assertThat(replay.stdoutBytes()).isEqualTo(run.stdoutBytes());
    assertThat(replay.stderr()).contains("CN=runner ran it");
    run.signal("TERM").await().hasExitCode(0);
  }

  /** The image trusts the authorities that were added to this machine's own. */
  private static void trustThisNetwork(Repository repository)
      throws IOException, InterruptedException {
    if (!team.tool("find", ADDED, "-name", "*.crt").stdout().isEmpty()) {
      Path ca = Files.createDirectory(repository.directory().resolve("ca"));
      team.tool("cp", "-r", ADDED + "/.", ca.toString()).hasExitCode(0);
      Path mkfile = repository.directory().resolve("mkfile");
      String packages = "/var/cache/apt/*\n";
      Files.writeString(
          mkfile,
          Files.readString(mkfile)
              .replace(
                  packages,
                  packages
                      + "\tCOPY ca /usr/local/share/ca-certificates/\n"
                      + "\tRUN update-ca-certificates\n"));
    }
  }
}
