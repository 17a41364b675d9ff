package dev.peer.run;

import dev.peer.core.flow.CacheUse;
import dev.peer.core.flow.ExecutionRequest;
import dev.peer.core.flow.MachineSlots;
import dev.peer.core.record.ArtifactSink;
import dev.peer.core.record.RunFiles;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.home.HomeLayout;
import dev.peer.network.PeerNetwork;
import dev.peer.report.RunOutput;
import dev.peer.vm.exec.CrontabResult;
import dev.peer.vm.exec.ReadyMachine;
import dev.peer.vm.exec.VmExecutor;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Makes the crontab of a revision in a machine; nothing is signed, kept or announced.
 *
 * @param subject its target is the crontab's file
 */
public record CrontabRun(
    RunTarget subject,
    CallerSecrets secrets,
    PeerNetwork network,
    MachineSlots slots,
    Optional<ReadyMachine> ready,
    RunOutput output) {

  public CrontabResult make() throws Exception {
    Path scratch = new HomeLayout(subject.peer().home()).runs();
    try (ScratchDirectory unused = ScratchDirectory.in(scratch);
        MachineSlots.Turn _ = slots.take()) {
      VmExecutor machines = VmExecutors.executor(subject);
      machines.setReady(ready);
      machines.setVouchers(Optional.of(network.runtimes()));
      new LargeFilesExecutor(machines, subject, network).require();
      new ImagePullingExecutor(machines, subject.images(), network.images(), System.getenv())
          .require(subject.inputs().image(), output);
      ExecutionRequest request =
          new ExecutionRequest(
              subject.inputs(),
              subject.owner(),
              VmExecutors.source(subject),
              new RunFiles(unused.path()),
              ArtifactSink.NONE,
              new CacheUse.Kept(VmExecutors.lineage(subject)),
              secrets.ofPreparation(subject.run().prepareSecrets()));
      ExecutionRequest prepared =
          new TrunkPreparingExecutor(
                  machines,
                  subject,
                  secrets,
                  Optional.of(new RuntimePeers(network.runtimes(), Optional.empty())))
              .prepare(request, output);
      return machines.makeCrontab(prepared, output);
    }
  }
}
