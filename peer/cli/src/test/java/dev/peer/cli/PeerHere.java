package dev.peer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.peer.cli.console.Output;
import dev.peer.config.CallContext;
import dev.peer.report.Interruption;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A peer whose commands run in this process, for what no process of their own has to show.
 *
 * @param environment the variables that they get
 */
record PeerHere(Map<String, String> environment) {

  /** Copies the variables. */
  PeerHere {
    environment = Map.copyOf(environment);
  }

  /** The same peer with another value of a variable. */
  PeerHere with(String name, Object value) {
    Map<String, String> changed = new HashMap<>(environment);
    changed.put(name, value.toString());
    return new PeerHere(changed);
  }

  /** The same peer without a variable. */
  PeerHere without(String name) {
    Map<String, String> changed = new HashMap<>(environment);
    changed.remove(name);
    return new PeerHere(changed);
  }

  /** Runs a {@code peer} command in a directory. */
  Outcome run(Path directory, String... arguments) {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    Output output = new Output(stdout, stderr);
    int exitCode =
        Main.run(
            new CallContext(directory, environment), output, Interruption.ofThread(), arguments);
    output.end();
    return new Outcome(output.exitCode(exitCode), stdout.toString(UTF_8), stderr.toString(UTF_8));
  }
}
