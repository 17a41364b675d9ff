package dev.peer.run;

import dev.peer.config.CacheSettings;
import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.core.flow.ExecutionRequest;
import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.flow.Executor;
import dev.peer.core.flow.ExecutorException;
import dev.peer.core.flow.InterruptedIo;
import dev.peer.core.id.Architecture;
import dev.peer.core.id.RepoId;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.record.Content;
import dev.peer.home.HomeLayout;
import dev.peer.lfs.KeptObjects;
import dev.peer.network.PeerNetwork;
import dev.peer.source.LargeFile;
import dev.peer.source.SourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An executor that first gets the files that Git LFS keeps, before anything is pulled, prepared or
 * started for a run that could not have them: from the clone, else from {@code PEER_HOME}, else
 * from other peers. After a run that passed, keeps those of the clone for other peers.
 *
 * <p>Peers are asked only by a name that the environment or git gives the repository: a revision's
 * {@code .env} could claim the name of a repository whose files are none of its business.
 */
record LargeFilesExecutor(Executor executor, RunTarget subject, PeerNetwork network)
    implements Executor {

  @Override
  public void requireMachine(Architecture architecture) throws ExecutorException {
    executor.requireMachine(architecture);
  }

  @Override
  public ExecutionResult execute(ExecutionRequest request, ExecutionListener listener)
      throws ExecutorException, InterruptedException {
    List<LargeFile> files = require();
    ExecutionResult result = executor.execute(request, listener);
    if (!files.isEmpty()) {
      tidy(result instanceof ExecutionResult.Passed ? files : List.of(), listener);
    }
    return result;
  }

  /** Gets them, and returns them. */
  List<LargeFile> require() throws ExecutorException, InterruptedException {
    try {
      List<LargeFile> files = subject.git().largeFiles(subject.revision());
      if (files.isEmpty()) {
        return files;
      }
      boolean named = subject.isNamedHere();
      if (named) {
        subject.git().setKeptLargeFiles(kept().of(repo()));
        kept().use(repo(), files.stream().map(LargeFile::content).toList());
      }
      Set<Content> missing =
          files.stream()
              .filter(file -> file.place().isEmpty())
              .map(LargeFile::content)
              .filter(content -> !named || !kept().of(repo()).has(content))
              .collect(Collectors.toSet());
      String why = missing.isEmpty() ? "" : pull(missing, named);
      files = subject.git().largeFiles(subject.revision());
      requireHere(files, why);
      return files;
    } catch (SourceException e) {
      InterruptedIo.rethrow(e);
      throw new ExecutorException(e.getMessage(), e.hint(), e);
    } catch (ConfigException e) {
      throw new ExecutorException(e.getMessage(), e.hint(), e);
    } catch (IOException e) {
      InterruptedIo.rethrow(e);
      throw new ExecutorException(
          "a file of Git LFS could not be taken in: " + e.getMessage(),
          "see that the disk has room and PEER_HOME is yours to write",
          e);
    }
  }

  private String pull(Set<Content> missing, boolean named)
      throws IOException, InterruptedException {
    return named
        ? network.largeFiles().pull(repo(), missing)
        : "no peer is asked, since only .env gives the repository the name " + repo();
  }

  private static void requireHere(List<LargeFile> files, String why) throws ExecutorException {
    try {
      LargeFile.requireHere(files);
    } catch (SourceException e) {
      throw new ExecutorException(e.getMessage() + "; " + why, e.hint(), e);
    }
  }

  /**
   * The run has its result, whatever becomes of this.
   *
   * @param passed the files to keep for other peers
   */
  private void tidy(List<LargeFile> passed, ExecutionListener listener)
      throws InterruptedException {
    try {
      if (network.announcer().isPresent() && subject.isNamedHere()) {
        for (LargeFile file : passed) {
          keep(file);
        }
      }
      CacheSettings limits = CacheSettings.of(CallContext.ofProcess().settings());
      kept().limit(limits.maxAge(), limits.maxBytes());
    } catch (IOException | SourceException | ConfigException e) {
      InterruptedIo.rethrow(e);
      listener.note("files of Git LFS are not kept for other peers: " + e.getMessage());
    }
  }

  private void keep(LargeFile file) throws IOException {
    if (kept().of(repo()).has(file.content())) {
      return;
    }
    try (KeptObjects.NewObject added = kept().take(repo(), file.content())) {
      Files.copy(file.place().orElseThrow(), added.file());
      added.keep();
    }
  }

  private RepoId repo() {
    return subject.inputs().repo();
  }

  private KeptObjects kept() {
    return new KeptObjects(new HomeLayout(subject.peer().home()).largeFiles());
  }
}
