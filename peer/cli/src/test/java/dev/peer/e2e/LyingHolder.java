package dev.peer.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A member of the team that serves whatever it likes: {@code openssl s_server}. */
final class LyingHolder {

  private final Authority.Identity identity;
  private final Path directory;
  private final String port;

  private LyingHolder(Authority.Identity identity, Path directory, String port) {
    this.identity = identity;
    this.directory = directory;
    this.port = port;
  }

  static LyingHolder start(Team team, String name) throws IOException, InterruptedException {
    Authority.Identity identity = team.authority().issue(name, Authority.Key.EC_P256);
    Path directory = Files.createDirectories(team.root().resolve("served-by-" + name));
    // s_server writes its port to stdout, where nothing waits for it: a shell moves it to stderr.
    Run run =
        team.start(
            directory,
            Map.of("PATH", System.getenv("PATH")),
            List.of(
                "sh",
                "-c",
                "exec openssl s_server \"$@\" >&2",
                "s_server",
                "-accept",
                "127.0.0.1:0",
                "-HTTP",
                "-tls1_3",
                "-Verify",
                "3",
                "-CAfile",
                team.authority().certificate().toString(),
                "-cert",
                identity.certificate().toString(),
                "-key",
                identity.key().toString()));
    return new LyingHolder(identity, directory, run.awaitLine("^ACCEPT .*:(\\d+)"));
  }

  /** Tells the team's rendezvous that it holds the result of a run. */
  void announce(Team team, String repository, String runKey)
      throws IOException, InterruptedException {
    put(team, "/v1/lease", "--data-binary", "{\"addresses\":[\"https://" + address() + "\"]}");
    put(team, "/v1/repos/" + repository + "/results/" + runKey);
  }

  /** Tells the team's rendezvous that it holds a guest image. */
  void holdImage(Team team, String digest) throws IOException, InterruptedException {
    put(
        team,
        "/v1/lease",
        "--data-binary",
        "{\"addresses\":[\"https://" + address() + "\"],\"images\":[\"" + digest + "\"]}");
  }

  /** Where it listens, as host and port. */
  String address() {
    return "127.0.0.1:" + port;
  }

  private void put(Team team, String path, String... more)
      throws IOException, InterruptedException {
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                "curl",
                "-sS",
                "--fail-with-body",
                "-k",
                "-X",
                "PUT",
                "-H",
                "Content-Type: application/json",
                "--cert",
                identity.certificate().toString(),
                "--key",
                identity.key().toString()));
    command.addAll(List.of(more));
    command.add(team.rendezvous() + path);
    team.tool(command.toArray(String[]::new)).hasExitCode(0);
  }

  /** What it answers for a path. */
  void answer(String path, byte[] body) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    answer.writeBytes(
        ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + body.length + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    answer.writeBytes(body);
    Files.createDirectories(directory.resolve(path).getParent());
    Files.write(directory.resolve(path), answer.toByteArray());
  }
}
