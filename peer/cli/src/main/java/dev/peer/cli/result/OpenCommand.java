package dev.peer.cli.result;

import dev.peer.cli.console.Output;
import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Positional;
import dev.peer.cli.syntax.Syntax;
import dev.peer.config.CallContext;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.daemon.socket.Browser;
import dev.peer.pages.PageLinks;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.run.Results;
import dev.peer.run.RunTarget;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code peer open}. */
public final class OpenCommand implements Callable<Integer> {

  /** Whose tree counts, where PEER_PATHS names paths by target. */
  private static final String TARGET = "test";

  private final CallContext call;
  private final Output output;

  private final Positional<String> prefix =
      Positional.at(
              0,
              "RUNKEY",
              String.class,
              "the first digits of a result's run key; without it the list of results")
          .optional();

  private final Option<String> revision =
      Option.of("--rev", "REVISION", String.class, "the results of this revision's tree");

  private final Option<Boolean> print = Option.flag("--print", "print the address; start nothing");

  public OpenCommand(CallContext call, Output output) {
    this.call = call;
    this.output = output;
  }

  /** How it is called. */
  public Syntax syntax() {
    return Syntax.of(
            "open",
            this,
            "Open the pages of this machine's results in a browser",
            "Starts the browser ($BROWSER, else xdg-open) at the pages of the daemon of this"
                + " PEER_HOME, or of the run that serves at PEER_LISTEN. Says how the browser gets"
                + " your certificate.",
            "Exit code 3: nothing serves, or the store has no such result.")
        .examples(
            "  peer open",
            "  peer open 3fa9                     # one result",
            "  peer open --rev HEAD~1",
            "  peer open --print                  # start no browser")
        .takes(prefix, revision, print);
  }

  @Override
  public Integer call() throws Exception {
    Settings settings = RunTarget.settingsHere(call);
    output.warn(settings);
    PeerSettings peer = PeerSettings.of(settings);
    String path = path(peer);
    String address = ServedAt.find(peer, output) + path;
    Optional<Browser> browser = print.value() ? Optional.empty() : Optional.of(browser(address));
    output.print(address);
    BrowserCertificate.lines(peer.identity(), call.directory()).forEach(output::say);
    if (browser.isPresent()) {
      browser.get().open(address);
    }
    return ExitCode.PASSED.number();
  }

  private Browser browser(String address) throws CommandException {
    return Browser.find(call.environment())
        .orElseThrow(
            () ->
                new CommandException(
                    ExitCode.INFRASTRUCTURE,
                    "there is no browser to start: no command of $BROWSER, and no xdg-open",
                    "open " + address + " yourself, or set BROWSER"));
  }

  private String path(PeerSettings peer) throws Exception {
    if (prefix.given().isPresent() && revision.given().isPresent()) {
      throw new CommandException(
          ExitCode.USAGE, "a run key and a revision are two pages", "give one of the two");
    }
    if (prefix.given().isPresent()) {
      return PageLinks.result(
          Results.find(Results.openStore(peer.home()), prefix.value()).getKey());
    }
    if (revision.given().isPresent()) {
      try (RunTarget target = RunTarget.of(output, call, revision.value(), TARGET, List.of())) {
        return PageLinks.results(target.inputs().tree());
      }
    }
    return PageLinks.results();
  }
}
