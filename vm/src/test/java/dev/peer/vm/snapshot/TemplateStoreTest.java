package dev.peer.vm.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemplateStoreTest {

  @TempDir private Path root;

  private TemplateStore store;

  @BeforeEach
  void openStore() {
    store = new TemplateStore(root.resolve("templates"));
  }

  @Test
  void findsWhatItMadeAndNothingElse() throws Exception {
    Template made = make("a");

    assertThat(store.find("a")).contains(made);
    assertThat(made.memory()).hasContent("memory");
    assertThat(made.state()).hasContent("state");
    assertThat(made.scratch()).hasContent("scratch");
    assertThat(store.find("b")).isEmpty();
  }

  @Test
  void dropsATemplateThatWasTruncated() throws Exception {
    Template made = make("a");
    Files.writeString(made.state(), "st");

    assertThat(store.find("a")).isEmpty();
    assertThat(made.memory()).doesNotExist();
  }

  @Test
  void dropsATemplateThatWasChangedAndKeptItsSizeAndTime() throws Exception {
    Template made = make("a");
    FileTime time = Files.getLastModifiedTime(made.memory());
    Files.writeString(made.memory(), "MEMORY");
    Files.setLastModifiedTime(made.memory(), time);

    assertThat(store.find("a")).isEmpty();
  }

  @Test
  void dropsATemplateThatOthersMayChange() throws Exception {
    Template made = make("a");
    Files.setPosixFilePermissions(
        made.memory().getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThat(store.find("a")).isEmpty();
  }

  @Test
  void keepsATemplateThatQemusUserMayPassInto() throws Exception {
    Template made = make("a");
    Files.setPosixFilePermissions(
        made.memory().getParent(), PosixFilePermissions.fromString("rwx-----x"));

    assertThat(store.find("a")).contains(made);
  }

  @Test
  void dropsATemplateOfWhichAFileIsALink() throws Exception {
    Template made = make("a");
    Path elsewhere = Files.writeString(root.resolve("elsewhere"), "state");
    Files.delete(made.state());
    Files.createSymbolicLink(made.state(), elsewhere);

    assertThat(store.find("a")).isEmpty();
    assertThat(elsewhere).exists();
  }

  @Test
  void leavesNothingOfOneThatCouldNotBeMade() {
    assertThatThrownBy(
            () ->
                store.findOrMake(
                    "a",
                    template -> {
                      Files.writeString(template.memory(), "memory");
                      throw new IOException("the machine ended");
                    }))
        .hasMessage("the machine ended");

    assertThat(root.resolve("templates/unfinished")).isEmptyDirectory();
  }

  @Test
  void makesOneForAllThatWantItAtOnce() throws Exception {
    AtomicInteger made = new AtomicInteger();
    CountDownLatch started = new CountDownLatch(6);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Template>> wanted = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        wanted.add(
            threads.submit(
                () -> {
                  started.countDown();
                  // Each has its own store, as each process has.
                  return new TemplateStore(root.resolve("templates"))
                      .findOrMake(
                          "a",
                          template -> {
                            made.incrementAndGet();
                            started.await();
                            write(template);
                          });
                }));
      }
      for (Future<Template> each : wanted) {
        Template given = each.get();
        assertThat(store.find("a")).contains(given);
      }
    }

    assertThat(made).hasValue(1);
    assertThat(root.resolve("templates/unfinished")).isEmptyDirectory();
  }

  @Test
  void makesItForTheNextWhereTheFirstCouldNot() throws Exception {
    assertThatThrownBy(
            () ->
                store.findOrMake(
                    "a",
                    template -> {
                      throw new IOException("the machine ended");
                    }))
        .hasMessage("the machine ended");

    assertThat(make("a").memory()).exists();
  }

  @Test
  void dropsWhatNobodyUsedForAWeekWhenItMakesAnother() throws Exception {
    Template old = make("old");
    Template recent = make("recent");
    for (Template template : new Template[] {old, recent}) {
      Files.setLastModifiedTime(
          template.memory().getParent(), FileTime.from(Instant.now().minus(Duration.ofDays(8))));
    }
    store.find("recent");

    make("new");

    assertThat(old.memory()).doesNotExist();
    assertThat(store.find("recent")).contains(recent);
  }

  private Template make(String shape) throws Exception {
    return store.findOrMake(shape, TemplateStoreTest::write);
  }

  private static void write(Template template) throws IOException {
    Files.writeString(template.memory(), "memory");
    Files.writeString(template.state(), "state");
    Files.writeString(template.scratch(), "scratch");
  }
}
