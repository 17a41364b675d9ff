package dev.peer.core.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.LocalRepo;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.json.JsonTree;
import dev.peer.core.key.RunInputs;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.StrictJson;
import dev.peer.core.scratch.ScratchDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The output of runs that are no results: the runs in progress, and the last run of each repository
 * that did not pass. Nothing of it is signed, and only this machine's user gets it.
 *
 * <p>A run that goes on has {@code staging/<name>/log/} with {@code begun.json}; one that failed
 * {@code failed/<digest of the repository id>/<name>/} with {@code run.json}. Beside these lie
 * {@code stdout}, {@code stderr} and {@code timing}.
 */
public final class RunLogs {

  private static final String LOG = "log";
  private static final String BEGUN = "begun.json";
  private static final String ABOUT = "run.json";

  private final Path staging;
  private final Path failed;
  private final Optional<LocalRepo> owner;

  /**
   * Below these directories.
   *
   * @param owner the repository that keeps the logs; empty: the one that a run names
   */
  RunLogs(Path staging, Path failed, Optional<LocalRepo> owner) {
    this.staging = staging;
    this.failed = failed;
    this.owner = owner;
  }

  /**
   * A run that goes on.
   *
   * @param key the run's key
   * @param target mk's target
   * @param begun when it began
   * @param output its output so far
   */
  public record LiveLog(RunKey key, String target, FileTime begun, RunFiles output) {}

  /**
   * A run that did not pass.
   *
   * @param output all of its output, with the stages around the test on stderr
   */
  public record FailureLog(FailedRun run, RunFiles output) {}

  /** Creates the place for the output of a run that starts, which others can follow. */
  public RunFiles begin(ScratchDirectory staged, RunInputs inputs) throws IOException {
    Path log = Files.createDirectory(staged.path().resolve(LOG));
    ObjectNode begun = JsonTree.object();
    begun.put("repository", inputs.repo().text());
    begun.put("runKey", inputs.key().hex());
    begun.put("target", inputs.target());
    Path written = Files.write(staged.path().resolve(BEGUN), JsonTree.bytes(begun));
    Files.move(written, log.resolve(BEGUN), StandardCopyOption.ATOMIC_MOVE);
    return new RunFiles(log);
  }

  /** Runs of a repository that go on here, the one that began last first. */
  public List<LiveLog> running(RepoId repo) throws IOException {
    List<Path> begun = new ArrayList<>();
    for (Path staged : StoreLayout.children(staging)) {
      Path file = staged.resolve(LOG).resolve(BEGUN);
      if (Files.isRegularFile(file)) {
        begun.add(file);
      }
    }
    begun.sort(Comparator.comparing(StoreLayout::modified).reversed());
    List<LiveLog> running = new ArrayList<>();
    for (Path file : begun) {
      running(file, repo).ifPresent(running::add);
    }
    return running;
  }

  private static Optional<LiveLog> running(Path begun, RepoId repo) throws IOException {
    try {
      StrictJson object = StrictJson.parse("run", Files.readAllBytes(begun));
      RunKey key = object.value("runKey", RunKey::ofHex);
      return object.value("repository", RepoId::new).equals(repo)
          ? Optional.of(
              new LiveLog(
                  key,
                  object.text("target"),
                  StoreLayout.modified(begun),
                  new RunFiles(begun.getParent())))
          : Optional.empty();
    } catch (NoSuchFileException | MalformedException e) {
      // It has just ended.
      return Optional.empty();
    }
  }

  /**
   * Keeps a run as the repository's last that did not pass; its log is moved away. The one before
   * it stays for a process that reads it now, and goes with the next.
   */
  public void keep(FailedRun run, RunFiles log) throws IOException {
    Path repository = directoryOf(owner.orElseGet(() -> LocalRepo.named(run.subject().repo())));
    ScratchDirectory.createPrivate(repository);
    List<Path> before = new ArrayList<>(StoreLayout.children(repository));
    read(repository).stream()
        .findFirst()
        .ifPresent(last -> before.remove(last.output().directory()));
    Files.write(log.directory().resolve(ABOUT), JsonTree.bytes(run.json()));
    Files.move(
        log.directory(),
        repository.resolve(log.directory().getParent().getFileName()),
        StandardCopyOption.ATOMIC_MOVE);
    for (Path old : before) {
      ScratchDirectory.delete(old);
    }
  }

  /** The repository's last run that did not pass. */
  public Optional<FailureLog> lastFailed(LocalRepo repo) throws IOException {
    return read(directoryOf(repo)).stream().findFirst();
  }

  /** The last of each repository, the one that ended last first. */
  public List<FailureLog> failed() throws IOException {
    List<FailureLog> all = new ArrayList<>();
    for (Path repository : StoreLayout.children(failed)) {
      read(repository).stream().findFirst().ifPresent(all::add);
    }
    all.sort(byEnd());
    return all;
  }

  private static List<FailureLog> read(Path repository) throws IOException {
    List<FailureLog> found = new ArrayList<>();
    for (Path directory : StoreLayout.children(repository)) {
      try {
        FailedRun run = FailedRun.parse(Files.readAllBytes(directory.resolve(ABOUT)));
        found.add(new FailureLog(run, new RunFiles(directory)));
      } catch (NoSuchFileException | MalformedException e) {
        // Another process has just replaced it, or it was damaged.
        continue;
      }
    }
    found.sort(byEnd());
    return found;
  }

  private static Comparator<FailureLog> byEnd() {
    return Comparator.comparing((FailureLog kept) -> kept.run().endedAt()).reversed();
  }

  private Path directoryOf(LocalRepo repo) {
    return failed.resolve(StoreLayout.digestOf(repo.id()));
  }
}
