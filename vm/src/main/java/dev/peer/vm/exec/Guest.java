package dev.peer.vm.exec;

import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.flow.InterruptedIo;
import dev.peer.core.key.RunInputs;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.vm.guest.GuestException;
import dev.peer.vm.guest.ShellLocation;
import dev.peer.vm.guest.UserTerminal;
import dev.peer.vm.qemu.Machine;
import dev.peer.vm.snapshot.FrozenGuest;
import dev.peer.vm.snapshot.FrozenStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** A guest with a revision in it, whose stages are over: the operations that a user has then. */
record Guest(
    RunInputs inputs,
    ExecutionListener listener,
    Machine machine,
    StageRunner stages,
    RunDisks disks,
    MachineStarter starter) {

  /**
   * Does what the user asked for after a recipe failed in the guest. Reports every problem, which
   * changes nothing: the run's outcome is known.
   */
  void afterFailure(ExecutionResult.Failed failed, FailureAction action)
      throws InterruptedException {
    try {
      switch (action) {
        case FailureAction.End _ -> {}
        case FailureAction.Shell shell -> {
          listener.note("the stage " + failed.stage() + " ended with " + failed.exitCode());
          openShell(placeOf(failed.stage()), shell.terminal());
        }
        case FailureAction.Freeze freeze -> freeze(failed.stage(), freeze.store());
      }
    } catch (IOException | GuestException e) {
      InterruptedIo.rethrow(e);
      listener.note(
          (action instanceof FailureAction.Freeze
                  ? "the guest could not be frozen: "
                  : "the shell broke off: ")
              + e.getMessage());
    }
  }

  /** Where the recipes of a stage run. */
  static ShellLocation placeOf(String stage) {
    return stage.equals(RunStages.TEST) ? ShellLocation.CONTAINER : ShellLocation.GUEST;
  }

  /** Gives the user a shell, without a network unless the test has one. */
  void openShell(ShellLocation place, UserTerminal.Opener terminal)
      throws IOException, GuestException, InterruptedException {
    GuestNetwork.seal(machine, inputs.network());
    stages.shell(place, inputs.network(), terminal);
  }

  private void freeze(String stage, FrozenStore store) throws IOException, InterruptedException {
    listener.step("freeze");
    listener.note("freezing the guest");
    GuestNetwork.seal(machine, inputs.network());
    Path scratch = machine.layers().flatten(disks.scratch());
    FrozenGuest guest =
        new FrozenGuest(
            new FrozenGuest.StopPoint(inputs.repo(), inputs.tree(), inputs.target(), stage),
            Instant.now(),
            inputs.network(),
            starter.shapeOf(disks, stages.nonce()));
    FrozenStore.Entry kept =
        store.keep(
            guest,
            (stateFile, scratchFile, inputFile) -> {
              machine.migration().freezeWholeTo(stateFile);
              machine.quit();
              Files.move(scratch, scratchFile);
              Files.move(disks.input().file(), inputFile);
            });
    for (FrozenStore.Entry dropped : store.prune()) {
      listener.note("dropped the frozen guest " + dropped.id() + ", the oldest");
    }
    listener.note("the guest is frozen: `peer vm shell --frozen " + kept.id() + "` gets into it");
  }
}
