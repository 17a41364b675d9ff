package dev.peer.source.command;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The {@code ssh} of this machine, asked for its configuration. It connects to nothing. */
public final class SshCommand {

  private static final Duration LONGEST = Duration.ofSeconds(20);

  private SshCommand() {}

  /**
   * What it would use for a destination, as {@code ssh -G} prints it: a keyword and its value a
   * line.
   *
   * @param destination a host, perhaps with a user before it
   * @param port where the user names one
   */
  public static Answer configuration(String destination, Optional<String> port) throws IOException {
    List<String> command = new ArrayList<>(List.of("ssh", "-G"));
    port.ifPresent(named -> command.addAll(List.of("-p", named)));
    command.addAll(List.of("--", destination));
    return HostCommand.ask(Path.of("/"), command, LONGEST, _ -> {});
  }
}
