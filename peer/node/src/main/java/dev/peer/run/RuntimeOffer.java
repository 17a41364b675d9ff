package dev.peer.run;

import dev.peer.config.ConfigException;
import dev.peer.core.access.Verb;
import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.flow.ExecutorException;
import dev.peer.core.flow.InterruptedIo;
import dev.peer.core.flow.MachineSlots;
import dev.peer.core.id.RepoId;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.progress.RunEvent;
import dev.peer.core.record.Content;
import dev.peer.core.record.PreparedRuntime;
import dev.peer.core.record.StartedFrom;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.RuntimeSigner;
import dev.peer.core.sign.VerificationException;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.Identity;
import dev.peer.core.trust.UntrustedCertificateException;
import dev.peer.identity.Identities;
import dev.peer.network.PeerNetwork;
import dev.peer.report.Facts;
import dev.peer.vm.exec.RuntimeContent;
import dev.peer.vm.exec.VmExecutor;
import dev.peer.vm.snapshot.DiskHistory;
import dev.peer.vm.snapshot.DiskName;
import dev.peer.vm.snapshot.HeldRuntime;
import dev.peer.vm.snapshot.RepositoryDisks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Makes what a repository's trunk left on this machine a runtime that other peers can take, signs
 * it, and has it announced.
 */
final class RuntimeOffer {

  /** Of a process; another one waits for nothing, and its next run makes it. */
  private static final Lock MAKING = new ReentrantLock();

  private final RunTarget subject;
  private final PeerNetwork network;
  private final ExecutionListener listener;

  RuntimeOffer(RunTarget subject, PeerNetwork network, ExecutionListener listener) {
    this.subject = subject;
    this.network = network;
    this.listener = listener;
  }

  /**
   * Makes one of the trunk's newest disk, and one of the layers that it began with, unless they are
   * there; failures are said.
   *
   * @param means its machines are waited for only if there is one to make
   */
  void make(RunSession.Means means) throws InterruptedException {
    if (!MAKING.tryLock()) {
      return;
    }
    try {
      VmExecutor machines = VmExecutors.executor(subject);
      machines.setReady(means.ready());
      machines.setVouchers(Optional.of(network.runtimes()));
      RepositoryDisks disks = machines.disks(listener);
      for (DiskName name : names(disks)) {
        make(means, machines, disks, name);
      }
      network.announceRuntimes();
    } catch (IOException e) {
      InterruptedIo.rethrow(e);
      sayNone(e.getMessage());
    } catch (ConfigException | ExecutorException e) {
      sayNone(e.getMessage());
    } catch (VerificationException e) {
      sayNone("others would refuse it: " + e.getMessage());
    } finally {
      network.runtimeMakers().end();
      MAKING.unlock();
    }
  }

  /** The repository's own, and those of the layers that its disks began with. */
  private Set<DiskName> names(RepositoryDisks disks) throws IOException {
    DiskName own = VmExecutors.diskName(subject);
    Set<DiskName> names = new LinkedHashSet<>(List.of(own));
    for (StartedFrom made : disks.made(own)) {
      made.layers().map(own::ofLayers).ifPresent(names::add);
    }
    return names;
  }

  private void make(
      RunSession.Means means, VmExecutor machines, RepositoryDisks disks, DiskName name)
      throws IOException, ExecutorException, VerificationException, InterruptedException {
    Optional<DiskHistory> unmade = disks.runtimes().unmade(name);
    if (unmade.isEmpty()) {
      return;
    }
    if (!mayPrepare(network.identities(), name.repo())) {
      disks.runtimes().leaveUnmade(name, unmade.get().made());
      return;
    }
    try (MachineSlots.Turn _ = means.machines().take()) {
      // Another process may have made it meanwhile.
      unmade = disks.runtimes().unmade(name);
      if (unmade.isPresent()) {
        listener.note("making a runtime of what was prepared, for other peers");
        make(machines, disks, name, unmade.get());
      }
    }
  }

  /** Whether its own rules admit what it makes. A peer that only takes runtimes makes none. */
  static boolean mayPrepare(Identities identities, RepoId repo) {
    try {
      return identities.isGoodFor(CertificateRole.SIGNER)
          && identities
              .rules()
              .admits(Verb.PREPARE, Identity.of(identities.credentials().leaf()), repo);
    } catch (UntrustedCertificateException e) {
      return false;
    }
  }

  private void sayNone(String why) {
    listener.note("no runtime is offered to other peers: " + why);
  }

  private void make(VmExecutor machines, RepositoryDisks disks, DiskName name, DiskHistory history)
      throws IOException, ExecutorException, VerificationException, InterruptedException {
    try (ScratchDirectory scratch = disks.runtimes().scratch()) {
      Path file = scratch.path().resolve("content");
      AtomicReference<Content> content = new AtomicReference<>();
      LastLine said = new LastLine();
      Optional<ExecutionResult> ended =
          machines.export(
              name,
              history,
              scratch.path(),
              said,
              disk -> content.set(RuntimeContent.write(disk, file)));
      if (ended.isPresent()) {
        disks.runtimes().giveUp(name, history.made());
        sayNone(said.text());
        return;
      }
      Attestation attestation =
          new RuntimeSigner(network.identities().credentials(), InstantSource.system())
              .sign(
                  new PreparedRuntime(
                      content.get(),
                      new PreparedRuntime.Disk(name.repo(), name.image(), name.bytes()),
                      history.made(),
                      history.begun(),
                      history.preparation().orElseThrow(),
                      history.sharedCaches()));
      network.identities().runtimeVerifier().verify(attestation, name.repo(), List.of());
      boolean kept =
          disks
              .runtimes()
              .add(
                  name, history.made(), new HeldRuntime(file, content.get().digest(), attestation));
      if (kept) {
        listener.note(
            "other peers can take "
                + (name.repo().isOfLayers() ? "its common layers: " : "what was prepared: ")
                + Facts.mebibytes(content.get().size()));
      }
    }
  }

  /** What the machine said last, which is of interest only if it failed. */
  private static final class LastLine implements ExecutionListener {

    private String last = "the machine that was to make it failed";

    @Override
    public void accept(RunEvent event) {
      if (event instanceof RunEvent.StageOutput output) {
        String text = output.bytes().text(StandardCharsets.UTF_8).strip();
        if (!text.isEmpty()) {
          last = text.lines().toList().getLast();
        }
      }
    }

    String text() {
      return last;
    }
  }
}
