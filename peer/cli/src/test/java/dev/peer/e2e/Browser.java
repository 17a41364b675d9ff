package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A headless Chromium whose home, profile and certificates are below a team's directory: nothing of
 * the machine's is changed, and no policy file is needed.
 */
final class Browser {

  private static final Duration GONE = Duration.ofMinutes(1);
  private static final String PASSWORD = "import";

  private final Team team;
  private final Path home;
  private final String database;

  private Browser(Team team, Path home) {
    this.team = team;
    this.home = home;
    this.database = "sql:" + home.resolve(".pki/nssdb");
  }

  /** One that trusts servers below this root, and has no certificate of its own. */
  static Browser trusting(Team team, Path root) throws IOException, InterruptedException {
    assumeThat(Files.isExecutable(Path.of("/usr/bin/chromium"))).as("chromium is there").isTrue();
    Path home = Files.createTempDirectory(team.root(), "browser");
    Browser browser = new Browser(team, home);
    Files.createDirectories(home.resolve(".pki/nssdb"));
    browser.tool("certutil", "-N", "-d", browser.database, "--empty-password");
    browser.tool(
        "certutil", "-A", "-d", browser.database, "-n", "root", "-t", "C,,", "-i", root.toString());
    return browser;
  }

  /** Gives it a certificate to show to servers. */
  Browser with(Authority.Identity identity) throws IOException, InterruptedException {
    String file = home.resolve("client.p12").toString();
    tool(
        "openssl",
        "pkcs12",
        "-export",
        "-in",
        identity.certificate().toString(),
        "-inkey",
        identity.key().toString(),
        "-passout",
        "pass:" + PASSWORD,
        "-out",
        file);
    tool("pk12util", "-i", file, "-d", database, "-W", PASSWORD);
    return this;
  }

  /** Opens a page and ends: stdout is its document, stderr says which error there was. */
  Run open(String origin, String path) throws IOException, InterruptedException {
    Path profile = Files.createTempDirectory(home, "profile");
    Files.createDirectory(profile.resolve("Default"));
    // Or it would ask which certificate to take, and nobody would answer.
    Files.writeString(
        profile.resolve("Default/Preferences"),
        """
        {"profile": {"content_settings": {"exceptions": {"auto_select_certificate":
          {"%s,*": {"last_modified": "0", "setting": {"filters": [{}]}}}}}}}
        """
            .formatted(origin));
    Run run =
        start(
            "timeout",
            "60",
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            "--user-data-dir=" + profile,
            "--dump-dom",
            origin + path);
    run.await();
    awaitGone();
    return run;
  }

  private void tool(String... command) throws IOException, InterruptedException {
    start(command).await().hasExitCode(0);
  }

  private Run start(String... command) throws IOException {
    Map<String, String> environment =
        Map.of("PATH", System.getenv("PATH"), "HOME", home.toString(), "TMPDIR", home.toString());
    return team.start(home, environment, List.of(command));
  }

  /** Its helpers take a moment longer than it does. */
  private void awaitGone() throws InterruptedException {
    Instant until = Instant.now().plus(GONE);
    while (!Team.commandLinesOf(home).isEmpty() && Instant.now().isBefore(until)) {
      Thread.sleep(50);
    }
    assertThat(Team.commandLinesOf(home)).as("processes of the browser").isEmpty();
  }
}
