package dev.peer.daemonhost;

import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.config.RunSettings;
import dev.peer.config.Settings;
import dev.peer.config.UserFile;
import dev.peer.run.RunTarget;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The variables that a daemon in the background takes from the command that starts it: those it
 * needs, and no others. It reads the user's file itself. A CI runner ends each process that carries
 * the mark of its job, and its tokens are nothing for a process that stays.
 */
public final class DaemonEnvironment {

  /** The programs, files, language, clock and proxies of this machine, and our settings. */
  private static final Pattern NEEDED =
      Pattern.compile(
          "PATH|JAVA_HOME|HOME|USER|LOGNAME|LANG|LC_[A-Z]+|TZ|TMPDIR|XDG_[A-Z_]+|PEER_\\w+"
              + "|HTTPS?_PROXY|https?_proxy|NO_PROXY|no_proxy");

  private DaemonEnvironment() {}

  /**
   * The variables of a call that a daemon needs. For the runs of watched clones nobody hands values
   * over: so those are among them that the settings of a clone's {@code HEAD} name as counted or as
   * secrets.
   */
  public static Map<String, String> of(CallContext call, List<Path> watched) {
    Set<String> named = new HashSet<>();
    for (Path clone : watched) {
      named.addAll(named(new CallContext(call.directory().resolve(clone), call.environment())));
    }
    Map<String, String> needed = new TreeMap<>(UserFile.variables(call.environment()));
    needed.keySet().removeIf(name -> !NEEDED.matcher(name).matches() && !named.contains(name));
    return needed;
  }

  /** Names nothing where the settings are wrong: the daemon says so when it reads them. */
  private static Set<String> named(CallContext call) {
    try {
      Settings settings = RunTarget.settingsHere(call);
      Set<String> names = new HashSet<>(RunSettings.countedNames(settings));
      names.addAll(RunSettings.secretNames(settings));
      return names;
    } catch (ConfigException e) {
      return Set.of();
    }
  }
}
