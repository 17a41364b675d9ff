package dev.peer.cli.check;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.cli.console.Output;
import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Syntax;
import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.json.JsonTree;
import dev.peer.report.ExitCode;
import dev.peer.report.Facts;
import dev.peer.run.RunTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code peer doctor}. */
public final class DoctorCommand implements Callable<Integer> {

  private final CallContext call;
  private final Output output;

  private final Option<Boolean> json = Option.flag("--json", "print JSON");

  public DoctorCommand(CallContext call, Output output) {
    this.call = call;
    this.output = output;
  }

  /** How it is called. */
  public Syntax syntax() {
    return Syntax.of(
            "doctor",
            this,
            "Check this machine, its settings and its rendezvous",
            "Checks settings, disk, QEMU, accelerator, guest image, certificate and rules, the"
                + " rendezvous and its clock, and whether the rendezvous reaches this peer. Prints"
                + " one line for each, and how to fix what is wrong.",
            "Exit code 0: nothing is wrong, except for warnings; 2: a setting is wrong; 4: what a"
                + " setting names is wrong.")
        .examples("  peer doctor", "  peer doctor --json")
        .takes(json);
  }

  @Override
  public Integer call() throws Exception {
    List<Finding> findings = new ArrayList<>();
    Settings settings = settings(findings);
    findings.addAll(new MachineCheck(settings, call.environment()).run());
    try {
      findings.addAll(new NetworkCheck(PeerSettings.of(settings)).run());
    } catch (ConfigException e) {
      findings.add(Finding.misconfigured("settings", e.getMessage(), e.hint()));
    }
    ExitCode exitCode =
        findings.stream()
            .map(Finding::exitCode)
            .filter(code -> code != ExitCode.PASSED)
            .findFirst()
            .orElse(ExitCode.PASSED);
    print(findings, exitCode);
    return exitCode.number();
  }

  private Settings settings(List<Finding> findings) {
    Settings settings;
    try {
      settings = RunTarget.settingsHere(call);
    } catch (ConfigException e) {
      findings.add(Finding.misconfigured("settings", e.getMessage(), e.hint()));
      settings = call.settings();
    }
    List<String> warnings = settings.warnings();
    warnings.forEach(
        warning -> findings.add(Finding.warning("settings", warning, "correct its name")));
    if (findings.isEmpty()) {
      findings.add(Finding.ok("settings", "no misspelled settings"));
    }
    settings
        .places()
        .forEach(
            (place, names) ->
                findings.add(Finding.ok("settings", place + " has " + String.join(", ", names))));
    return settings;
  }

  private void print(List<Finding> findings, ExitCode exitCode) {
    if (!json.value()) {
      findings.forEach(finding -> finding.lines().forEach(output::print));
      return;
    }
    ObjectNode answer = JsonTree.object();
    answer.put("healthy", exitCode == ExitCode.PASSED);
    answer.put("exitCode", exitCode.number());
    ArrayNode array = answer.putArray("checks");
    findings.forEach(finding -> array.add(finding.json()));
    output.print(Facts.text(answer));
  }
}
