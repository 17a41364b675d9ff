package dev.peer.cli.setup;

import dev.peer.cli.console.Output;
import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Positional;
import dev.peer.cli.syntax.Syntax;
import dev.peer.client.Timeouts;
import dev.peer.client.rendezvous.RendezvousCheck;
import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.config.Setting;
import dev.peer.config.Settings;
import dev.peer.config.UserFile;
import dev.peer.core.pem.CredentialException;
import dev.peer.core.trust.CertificateRole;
import dev.peer.identity.Identities;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.report.Interruption;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** {@code peer join}. */
public final class JoinCommand implements Callable<Integer> {

  private final CallContext call;
  private final Output output;
  private final Interruption interruption;
  private final CommandRunner commands;

  private final Positional<String> rendezvous =
      Positional.at(0, "URL", String.class, "the team's rendezvous, https://HOST:PORT");

  private final Option<Path> ca =
      Option.of(
          "--ca", "FILE", Path.class, "the team's CAs (default: PEER_CA, else ca.pem beside env)");

  private final Option<Path> certificate =
      Option.of(
          "--cert",
          "FILE",
          Path.class,
          "this peer's certificate (default: PEER_CERT, else cert.pem beside env)");

  private final Option<Path> key =
      Option.of(
          "--key",
          "FILE",
          Path.class,
          "the certificate's key (default: PEER_KEY, else key.pem beside env)");

  private final Option<Boolean> csr =
      Option.flag(
          "--csr",
          "make a key and a request for a certificate, key.pem and request.pem beside env, and stop"
              + " there");

  public JoinCommand(
      CallContext call, Output output, Interruption interruption, CommandRunner commands) {
    this.call = call;
    this.output = output;
    this.interruption = interruption;
    this.commands = commands;
  }

  /** How it is called. */
  public Syntax syntax() {
    return Syntax.of(
            "join",
            this,
            "Join a team: check its rendezvous, write your settings",
            "Asks the rendezvous with your certificate, and requires that one of your CAs issued"
                + " the rendezvous' certificate. Then writes PEER_RENDEZVOUS, PEER_CA, PEER_CERT"
                + " and PEER_KEY into your settings file, $XDG_CONFIG_HOME/peer/env (default:"
                + " ~/.config/peer/env), keeps its other lines, and runs `peer doctor`. Every"
                + " command reads that file; the environment takes precedence.",
            "Without a certificate, start with --csr: it makes a key, which never leaves this"
                + " machine, and a request for your team's CA. No file is overwritten.",
            "Exit code 2: a file or the URL is wrong; 4: the rendezvous does not answer, or none"
                + " of your CAs issued its certificate; otherwise that of `peer doctor`.")
        .examples(
            "  peer join https://meet.example.org:7443 --csr",
            "  peer join https://meet.example.org:7443 --ca ca.pem --cert laptop.pem",
            "  peer join https://meet:7443 --ca ca.pem --cert me.pem --key me-key.pem")
        .takes(rendezvous, ca, certificate, key, csr);
  }

  @Override
  public Integer call() throws Exception {
    Path directory =
        UserFile.directory(call.environment())
            .orElseThrow(
                () ->
                    new CommandException(
                        ExitCode.USAGE,
                        "there is no place for settings: XDG_CONFIG_HOME and HOME are unset",
                        "set XDG_CONFIG_HOME to a directory"));
    UserDirectory files = new UserDirectory(directory);
    if (!csr.value()) {
      return join(files);
    }
    if (Stream.of(ca, certificate, key).anyMatch(file -> file.given().isPresent())) {
      throw new CommandException(
          ExitCode.USAGE,
          "--csr does not go with --ca, --cert and --key: it makes the key that the certificate is"
              + " for",
          "leave one of the two out");
    }
    return request(files);
  }

  private int request(UserDirectory files) throws Exception {
    Path request = files.makeRequest();
    output.say("made a key and a request: " + request);
    output.say(
        "next: have your team's CA sign the request (`peer-pki issue NAME --csr "
            + request.getFileName()
            + "` does), then: peer join "
            + rendezvous.value()
            + " --ca FILE --cert FILE");
    return ExitCode.PASSED.number();
  }

  private int join(UserDirectory files) throws Exception {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put(Setting.PEER_RENDEZVOUS.name(), rendezvous.value());
    settings.put(Setting.PEER_CA.name(), file(Setting.PEER_CA, ca, files));
    settings.put(Setting.PEER_CERT.name(), file(Setting.PEER_CERT, certificate, files));
    settings.put(Setting.PEER_KEY.name(), file(Setting.PEER_KEY, key, files));
    UserDirectory.Plan plan = files.with(settings);
    Map<String, String> variables = UserFile.variables(call.environment());
    Map<String, String> others = new HashMap<>(variables);
    others.keySet().removeAll(settings.keySet());
    meet(PeerSettings.of(Settings.of(plan.content().below(others))));
    files.write(plan);
    output.say("written: " + String.join(", ", settings.keySet()) + " in " + plan.content().path());
    if (!plan.replaced().isEmpty()) {
      output.say("replaced there: " + String.join(", ", plan.replaced()));
    }
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      String other = variables.get(setting.getKey());
      if (other != null && !other.equals(setting.getValue())) {
        output.say(
            "warning: the environment sets another "
                + setting.getKey()
                + ", which takes precedence");
      }
    }
    CallContext joined =
        new CallContext(call.directory(), plan.content().below(variables), call.isOwnProcess());
    return commands.run(joined, output, interruption, "doctor");
  }

  /** What is given, else what counts now, else the file at the usual place. */
  private String file(Setting setting, Option<Path> option, UserDirectory files)
      throws CommandException {
    Optional<String> now =
        Optional.ofNullable(call.environment().get(setting.name())).filter(text -> !text.isBlank());
    if (option.given().isPresent()) {
      return absolute(option.given().get());
    }
    if (now.isPresent()) {
      return setting.isRelative(now.get()) ? absolute(Path.of(now.get())) : now.get();
    }
    Path usual = files.usual(setting);
    if (!Files.exists(usual)) {
      throw new CommandException(
          ExitCode.USAGE,
          setting + " is not set, and there is no " + usual,
          "name the file (see `peer join --help`); without a certificate, start with `peer join"
              + " URL --csr`");
    }
    return usual.toString();
  }

  private String absolute(Path file) {
    return call.directory().resolve(file).normalize().toString();
  }

  private void meet(PeerSettings settings)
      throws ConfigException, CredentialException, CommandException, InterruptedException {
    Identities identities = Identities.of(settings, output, CertificateRole.CLIENT);
    List<URI> servers = settings.reach().rendezvous();
    if (servers.isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE, "the URL is empty", "such as `peer join https://meet.example.org:7443`");
    }
    for (URI server : servers) {
      try (RendezvousCheck check =
          new RendezvousCheck(identities.tls(), server, Timeouts.DEFAULT)) {
        output.say(server.getAuthority() + " is " + check.meet().identity().id());
      } catch (IOException e) {
        throw new CommandException(
            ExitCode.INFRASTRUCTURE,
            e.getMessage(),
            "nothing is written: check that the rendezvous runs, that the URL leads there, and that"
                + " both trust each other's CA",
            e);
      }
    }
  }
}
