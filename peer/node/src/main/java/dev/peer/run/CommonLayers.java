package dev.peer.run;

import dev.peer.config.ConfigException;
import dev.peer.config.MachineSettings;
import dev.peer.config.RunSettings;
import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.flow.ExecutorException;
import dev.peer.core.flow.InterruptedIo;
import dev.peer.core.id.Digest;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.source.GitRepository;
import dev.peer.source.Revision;
import dev.peer.source.SourceException;
import dev.peer.vm.exec.VmExecutor;
import dev.peer.vm.layers.BaseLayers;
import dev.peer.vm.snapshot.DiskName;
import java.io.IOException;
import java.util.Optional;

/**
 * Has the layers here that a revision's container image begins with, before it is prepared from a
 * blank disk: those that were built here, whatever repository asked, else another peer's, else it
 * builds them in a machine of their own. Any repository whose image begins so starts from them.
 *
 * <p>A revision shapes them by its instructions alone, and by what it lets preparations reach,
 * which is in their name. It may give the machine more than the caller does, and no less.
 *
 * @param executor of the run
 * @param peers where layers come from, if they may be asked
 */
record CommonLayers(RunTarget subject, VmExecutor executor, Optional<RuntimePeers> peers) {

  private static final int LARGEST_FILE = 1 << 20;

  /** Those of a revision; empty where its container image begins with nothing that is common. */
  static Optional<BaseLayers> of(GitRepository git, Revision revision, RunSettings settings)
      throws SourceException {
    Optional<byte[]> mkfile = RunTarget.mkfile(git, revision);
    return mkfile.isEmpty()
        ? Optional.empty()
        : BaseLayers.of(
            mkfile.get(),
            path -> git.file(revision, path, LARGEST_FILE),
            settings.prepareNetwork());
  }

  /**
   * Returns the digest of those from which the revision's preparation can start. Empty, where that
   * begins blank: why, is said.
   *
   * @param run which disks the revision's own preparation starts from
   */
  Optional<Digest> require(
      Revision revision, RunSettings settings, DiskName run, ExecutionListener listener)
      throws IOException, InterruptedException {
    try {
      Optional<BaseLayers> layers = of(subject.git(), revision, settings);
      return layers.isPresent() && require(layers.get(), settings, run, listener)
          ? layers.map(BaseLayers::digest)
          : Optional.empty();
    } catch (SourceException e) {
      InterruptedIo.rethrow(e);
      return none(listener, e.getMessage() + "; " + e.hint());
    } catch (ConfigException e) {
      return none(listener, e.getMessage() + "; " + e.hint());
    } catch (ExecutorException e) {
      return none(listener, e.getMessage() + "; " + e.hint());
    }
  }

  private boolean require(
      BaseLayers layers, RunSettings settings, DiskName run, ExecutionListener listener)
      throws SourceException,
          ConfigException,
          ExecutorException,
          IOException,
          InterruptedException {
    DiskName name = run.ofLayers(layers.digest());
    if (isHere(name, listener)) {
      return true;
    }
    if (peers.isPresent()) {
      new RuntimeTaker(
              new RuntimePeers(peers.get().source(), Optional.empty()),
              RuntimeChoices.of(executor.disks(listener), subject.peer().home()),
              listener)
          .take(VmExecutor.lineage(layers), name);
    }
    return isHere(name, listener) || build(layers, settings, name, listener);
  }

  private boolean isHere(DiskName name, ExecutionListener listener) throws IOException {
    return !executor.disks(listener).made(name).isEmpty();
  }

  private boolean build(
      BaseLayers layers, RunSettings settings, DiskName name, ExecutionListener listener)
      throws ConfigException, ExecutorException, IOException, InterruptedException {
    if (executor.isUnprepared(name, layers.commit())) {
      return false;
    }
    listener.note(
        "building first what any repository can use whose container image begins so: layers "
            + layers.digest());
    VmExecutor machines = VmExecutors.ahead(executor, subject, machine(settings));
    try (ScratchDirectory scratch = executor.disks(listener).runtimes().scratch()) {
      Optional<ExecutionResult> ended =
          machines.build(layers, name, scratch.path(), new Aside(listener));
      if (ended.isEmpty() && isHere(name, listener)) {
        return true;
      }
      executor.noteUnprepared(name, layers.commit());
      none(listener, ended.map(Aside::text).orElse("what was built could not be kept"));
      return false;
    }
  }

  private RunSettings machine(RunSettings settings) throws ConfigException {
    MachineSettings callers =
        RunSettings.of(
                subject.surroundings().settings(), Runtime.getRuntime().availableProcessors())
            .machine();
    return settings.withAtLeast(callers);
  }

  private static Optional<Digest> none(ExecutionListener listener, String why) {
    listener.note("the layers that the container image begins with are not built ahead: " + why);
    return Optional.empty();
  }
}
