package dev.peer.daemonhost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.config.CacheSettings;
import dev.peer.config.Settings;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.daemon.QueuedRunEnd;
import dev.peer.daemon.Reason;
import dev.peer.daemon.ResultName;
import dev.peer.daemon.RunQueue;
import dev.peer.daemon.RunRequest;
import dev.peer.home.HomeLayout;
import dev.peer.network.RuntimeHome;
import dev.peer.pages.DaemonView;
import dev.peer.schedule.MadeCrontabs;
import dev.peer.schedule.Schedule;
import dev.peer.tls.TestAuthority;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class DaemonPageTest {

  private static final RepoId REPO = new RepoId("git.example.org/team/project");

  @TempDir private Path home;

  @Test
  void namesRepositoriesAndNoDirectoriesOrProcesses() throws Exception {
    HomeLayout layout = new HomeLayout(home);
    DaemonPage page = new DaemonPage(2, layout, CacheSettings.of(Settings.of(Map.of())));
    assertThat(page.now()).isEmpty();
    CountDownLatch named = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    RunQueue.Runner runner =
        (_, machine) -> {
          RunQueue.Turns turns = machine.slots(_ -> {});
          turns.isOf(new ResultName(REPO, RunKey.ofHex("a".repeat(64))));
          try (var _ = turns.take()) {
            named.countDown();
            over.await();
          }
          return QueuedRunEnd.ofExit(0, "");
        };
    try (RunQueue queue = new RunQueue(layout.queue(), 2, runner, _ -> {})) {
      Schedule schedule =
          new Schedule(
              layout.watched(),
              List.of(home.resolve("no-clone")),
              queue,
              new MadeCrontabs(),
              Clock.systemUTC(),
              _ -> {});
      queue.start();
      schedule.look();
      page.show(new DaemonPage.Parts(queue, schedule, Optional.empty()));
      queue.submit(
          RunRequest.of(
              home.resolve("clone"),
              "0123456789abcdef",
              "test",
              new Reason(Reason.Kind.REQUEST, "pid 4711")));
      named.await();
      Map<Integer, byte[]> clusters = new TreeMap<>();
      RuntimeHome.fill(clusters, 1, 2);
      new RuntimeHome(layout.disks(), new TestAuthority("team").issue("spiffe://team/maker"))
          .keep(REPO, clusters, 1);

      DaemonView view = page.now().orElseThrow();

      assertThat(view.queue())
          .singleElement()
          .satisfies(
              row -> {
                assertThat(row.repo()).contains(REPO);
                assertThat(row.state()).isEqualTo("running");
                assertThat(row.revision()).isEqualTo("0123456789ab");
                assertThat(row.reason()).isEqualTo("request");
              });
      assertThat(view.watched())
          .singleElement()
          .satisfies(
              row -> {
                assertThat(row.repo()).isEmpty();
                assertThat(row.isReadable()).isFalse();
              });
      assertThat(view.kept())
          .singleElement()
          .satisfies(
              row ->
                  assertThat(row.what())
                      .startsWith("disk, trunk: prepared at 111111111111, image ")
                      .doesNotContain(RuntimeHome.IMAGE.hex()));
      assertThat(view.machine().orElseThrow().jobs())
          .isEqualTo("Runs with a machine: 1 of at most 2.");
      assertThat(view.toString()).doesNotContain(home.toString(), "4711");
      over.countDown();
    }
  }
}
