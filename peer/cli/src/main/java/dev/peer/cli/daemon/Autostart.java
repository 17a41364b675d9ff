package dev.peer.cli.daemon;

import dev.peer.cli.console.Output;
import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.config.Setting;
import dev.peer.config.Settings;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.daemon.socket.BackgroundProcess;
import dev.peer.daemon.socket.DaemonFile;
import dev.peer.daemonhost.DaemonEnvironment;
import dev.peer.home.HomeLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Starts a daemon for the commands after this one, where {@code PEER_AUTOSTART} asks for that. */
public final class Autostart {

  private Autostart() {}

  /**
   * Starts one if none runs, and does not wait for it: this command goes on by itself. Of two that
   * are started at once, one ends at once.
   *
   * @throws ConfigException if the setting is wrong
   */
  public static void consider(CallContext call, Output output) throws ConfigException {
    if (!call.environment().containsKey(Setting.PEER_AUTOSTART.name())) {
      return;
    }
    Settings settings = call.settings();
    Optional<Duration> idle = PeerSettings.autostart(settings);
    String dist = System.getProperty("peer.dist");
    if (idle.isEmpty() || dist == null) {
      return;
    }
    HomeLayout layout = new HomeLayout(PeerSettings.home(settings));
    try {
      ScratchDirectory.createPrivate(layout.daemon());
      DaemonFile.requireOurs(layout.daemon());
      if (DaemonFile.ofRunning(layout.daemon()).isPresent()) {
        return;
      }
      List<String> command =
          List.of(
              Path.of(dist, "lib", "peer.sh").toString(),
              "daemon",
              "--idle",
              idle.get().toString());
      BackgroundProcess.start(command, DaemonEnvironment.of(call, List.of()), layout.daemonLog());
      output.say(
          "a daemon starts, for later commands; it ends after "
              + idle.get().toSeconds()
              + " s without work");
    } catch (IOException e) {
      output.say("warning: no daemon starts: " + e.getMessage());
    }
  }
}
