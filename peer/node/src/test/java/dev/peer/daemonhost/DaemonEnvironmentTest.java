package dev.peer.daemonhost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.config.CallContext;
import dev.peer.source.Git;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonEnvironmentTest {

  private static final Map<String, String> OF_A_JOB =
      Map.of(
          "RUNNER_TRACKING_ID", "github_1",
          "BUILD_ID", "7",
          "JENKINS_NODE_COOKIE", "cookie",
          "GITHUB_TOKEN", "token",
          "CI_JOB_JWT", "token",
          "AWS_SECRET_ACCESS_KEY", "key",
          "SSH_AUTH_SOCK", "/tmp/agent",
          "LD_PRELOAD", "/tmp/x.so",
          "PATHOLOGY", "none");

  private static final Map<String, String> OF_THE_MACHINE =
      Map.ofEntries(
          Map.entry("PATH", "/bin"),
          Map.entry("JAVA_HOME", "/opt/jdk-25"),
          Map.entry("HOME", "/home/ci"),
          Map.entry("LANG", "C.UTF-8"),
          Map.entry("LC_TIME", "de_DE.UTF-8"),
          Map.entry("TZ", "Europe/Berlin"),
          Map.entry("TMPDIR", "/var/tmp"),
          Map.entry("XDG_RUNTIME_DIR", "/run/user/1"),
          Map.entry("PEER_HOME", "/srv/peer"),
          Map.entry("PEER_KEY", "the PEM"),
          Map.entry("https_proxy", "http://proxy:3128"));

  @TempDir private Path directory;

  @Test
  void carriesNeitherMarksNorTokensOfTheJobThatStartsIt() {
    Map<String, String> started = new HashMap<>(OF_A_JOB);
    started.putAll(OF_THE_MACHINE);

    assertThat(DaemonEnvironment.of(new CallContext(directory, started), List.of()))
        .isEqualTo(OF_THE_MACHINE);
  }

  @Test
  void keepsWhatTheRunsOfAWatchedCloneNameAsCountedOrSecret() throws Exception {
    Git clone = Git.init(directory.resolve("clone"));
    clone.write(".env", "PEER_ENV=BUILD_ID\nPEER_SECRETS=GITHUB_TOKEN\n");
    clone.commitAll("names");
    Map<String, String> started = new HashMap<>(OF_A_JOB);
    started.put("PEER_HOME", "/srv/peer");

    assertThat(
            DaemonEnvironment.of(
                new CallContext(directory, started), List.of(Path.of("clone"), Path.of("none"))))
        .containsOnlyKeys("PEER_HOME", "BUILD_ID", "GITHUB_TOKEN");
    started.put("PEER_ALLOW_SECRETS", "");
    started.put("PEER_ENV", "CI_JOB_JWT");
    assertThat(DaemonEnvironment.of(new CallContext(directory, started), List.of(Path.of("clone"))))
        .doesNotContainKeys("GITHUB_TOKEN", "BUILD_ID");
  }
}
