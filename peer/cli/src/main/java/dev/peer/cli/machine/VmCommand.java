package dev.peer.cli.machine;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.cli.console.Output;
import dev.peer.cli.option.Selection;
import dev.peer.cli.option.TerminalRequirement;
import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Positional;
import dev.peer.cli.syntax.Syntax;
import dev.peer.config.CallContext;
import dev.peer.config.PeerSettings;
import dev.peer.config.RunSettings;
import dev.peer.core.flow.CacheUse;
import dev.peer.core.flow.ExecutionRequest;
import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.id.Digest;
import dev.peer.core.id.Printable;
import dev.peer.core.json.JsonTree;
import dev.peer.core.progress.TimeSpans;
import dev.peer.core.record.ArtifactSink;
import dev.peer.core.record.RunFiles;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.trust.CertificateRole;
import dev.peer.home.HomeLayout;
import dev.peer.network.PeerNetwork;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.report.Facts;
import dev.peer.run.CallerSecrets;
import dev.peer.run.ImagePullingExecutor;
import dev.peer.run.RunReport;
import dev.peer.run.RunSession;
import dev.peer.run.RunTarget;
import dev.peer.run.TrunkPreparingExecutor;
import dev.peer.run.VmExecutors;
import dev.peer.terminal.SystemTerminal;
import dev.peer.vm.exec.RunLimits;
import dev.peer.vm.exec.VmExecutor;
import dev.peer.vm.guest.ShellLocation;
import dev.peer.vm.image.ImageStore;
import dev.peer.vm.snapshot.FrozenGuest;
import dev.peer.vm.snapshot.FrozenStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** {@code peer vm}. */
public final class VmCommand {

  private final CallContext call;
  private final Output output;

  public VmCommand(CallContext call, Output output) {
    this.call = call;
    this.output = output;
  }

  /** How it is called. */
  public Syntax syntax() {
    return Syntax.family("vm", "shell, ls or rm", "Open a shell in a machine; list frozen machines")
        .examples("  peer vm ls", "  peer vm shell")
        .below(listSyntax(), removeSyntax(), shellSyntax());
  }

  private Syntax shellSyntax() {
    Selection selection = new Selection();
    Option<Boolean> guest = Option.flag("--guest", "in the guest itself, as root");
    Option<String> frozen = Option.of("--frozen", "ID", String.class, "a frozen guest");
    return Syntax.of(
            "shell",
            () -> shell(selection, guest.value(), frozen.given()),
            "Open a shell in the tests' container",
            "Prepares a machine for the target first. With --frozen, continues a private copy of a"
                + " guest that `peer run --freeze` kept.")
        .examples(
            "  peer vm shell                      # in the container of the target test",
            "  peer vm shell --guest lint",
            "  peer vm shell --frozen ID          # continue a frozen guest")
        .takes(selection, guest, frozen);
  }

  private int shell(Selection selection, boolean guest, Optional<String> frozen) throws Exception {
    TerminalRequirement.check("peer vm shell");
    if (frozen.isPresent()) {
      return shellInFrozen(frozen.get(), guest);
    }
    ShellLocation place = guest ? ShellLocation.GUEST : ShellLocation.CONTAINER;
    try (RunTarget subject = selection.subject(call, output);
        ScratchDirectory unused =
            ScratchDirectory.in(new HomeLayout(subject.peer().home()).runs())) {
      subject.sayWhatIsIgnored(output);
      getImage(subject);
      CallerSecrets secrets = new CallerSecrets(subject, call.environment(), output);
      ExecutionRequest request =
          new ExecutionRequest(
              subject.inputs(),
              subject.owner(),
              VmExecutors.source(subject),
              new RunFiles(unused.path()),
              ArtifactSink.NONE,
              new CacheUse.Kept(VmExecutors.lineage(subject)),
              secrets.get());
      VmExecutor machines = VmExecutors.executor(subject);
      ExecutionRequest prepared =
          new TrunkPreparingExecutor(machines, subject, secrets, Optional.empty())
              .prepare(request, output);
      Optional<ExecutionResult> ended =
          machines.openShell(prepared, output, place, SystemTerminal::open);
      return ended.isPresent()
          ? RunSession.notPassed(output, ended.get(), new RunReport()).number()
          : ExitCode.PASSED.number();
    }
  }

  private void getImage(RunTarget subject) throws Exception {
    Digest image = subject.inputs().image();
    ImageStore images = subject.images();
    if (!images.contains(image) || images.provenance().origin(image).isFromPeer()) {
      try (PeerNetwork network = PeerNetwork.of(subject.peer(), output, CertificateRole.CLIENT)) {
        ImagePullingExecutor.require(image, images, network.images(), call.environment(), output);
      }
    }
  }

  private int shellInFrozen(String id, boolean guest) throws Exception {
    Path home = home();
    FrozenStore.Entry kept = kept(home, id);
    VmExecutors.executor(
            new ImageStore(new HomeLayout(home).images()),
            home,
            RunLimits.of(kept.guest().machine()),
            RunSettings.prepareNetwork(call.settings()))
        .openFrozen(
            kept,
            output,
            guest ? Optional.of(ShellLocation.GUEST) : Optional.empty(),
            SystemTerminal::open);
    return ExitCode.PASSED.number();
  }

  private Syntax listSyntax() {
    Option<Boolean> json = Option.flag("--json", "print JSON");
    return Syntax.of("ls", () -> list(json.value()), "List the frozen guests, the newest first")
        .examples("  peer vm ls --json")
        .takes(json);
  }

  private int list(boolean json) throws Exception {
    List<FrozenStore.Entry> all = new FrozenStore(new HomeLayout(home()).frozen()).list();
    if (json) {
      output.print(json(all));
      return ExitCode.PASSED.number();
    }
    for (FrozenStore.Entry kept : all) {
      FrozenGuest guest = kept.guest();
      output.print(
          String.join(
              "  ",
              kept.id(),
              TimeSpans.ago(Duration.between(guest.frozenAt(), Instant.now())),
              Facts.mebibytes(kept.bytes()),
              guest.stop().repo().text(),
              guest.stop().tree().hex(),
              guest.stop().target(),
              "failed in " + guest.stop().stage()));
    }
    return ExitCode.PASSED.number();
  }

  private Syntax removeSyntax() {
    Positional<String> id = Positional.at(0, "ID", String.class, "as `peer vm ls` shows it");
    return Syntax.of("rm", () -> remove(id.value()), "Remove a frozen guest")
        .examples("  peer vm rm ID")
        .takes(id);
  }

  private int remove(String id) throws Exception {
    Path home = home();
    new FrozenStore(new HomeLayout(home).frozen()).remove(kept(home, id));
    return ExitCode.PASSED.number();
  }

  private static FrozenStore.Entry kept(Path home, String id) throws Exception {
    return new FrozenStore(new HomeLayout(home).frozen())
        .find(id)
        .orElseThrow(
            () ->
                new CommandException(
                    ExitCode.USAGE,
                    "there is no frozen guest " + Printable.of(id),
                    "`peer vm ls` lists them"));
  }

  private Path home() throws Exception {
    return PeerSettings.home(call.settings());
  }

  private static String json(List<FrozenStore.Entry> all) {
    ObjectNode answer = JsonTree.object();
    ArrayNode entries = answer.putArray("frozen");
    for (FrozenStore.Entry kept : all) {
      FrozenGuest guest = kept.guest();
      ObjectNode entry = entries.addObject();
      entry.put("id", kept.id());
      entry.put("repo", guest.stop().repo().text());
      entry.put("tree", guest.stop().tree().hex());
      entry.put("target", guest.stop().target());
      entry.put("stage", guest.stop().stage());
      entry.put("frozenAt", guest.frozenAt().toString());
      entry.put("bytes", kept.bytes());
    }
    return new String(JsonTree.bytes(answer), StandardCharsets.UTF_8);
  }
}
