package dev.peer.cli.run;

import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.core.openssl.OpenSsl;
import java.math.BigDecimal;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.Set;

/**
 * What a command comes to whatever it is told, begun on another thread while its options are read:
 * OpenSSL, or else Java's tables of the curve that nearly all certificates use, and Java's loggers,
 * which a runtime other than the dist's seeks in every file of the class path. On the way of the
 * command they would take some hundredths of a second, and nothing that is decided depends on them.
 */
public final class HeadStart {

  /** The commands that read certificates or evidence, and are waited for. */
  private static final Set<String> COMMANDS =
      Set.of("run", "replay", "explain", "ls", "show", "log", "artifacts", "verify", "import");

  /** Of Java's security events: the one that is asked for with the first certificate. */
  private static final String LOGGER = "jdk.event.security";

  private HeadStart() {}

  /** Begins for a command that gains by it. */
  public static void of(String... arguments) {
    if (arguments.length > 0 && COMMANDS.contains(arguments[0])) {
      Thread.ofPlatform().daemon().name("head start").start(HeadStart::begin);
    }
  }

  private static void begin() {
    // First: the command verifies its own certificate soon, and would with Java's code.
    useOpenSsl();
    makeCurve();
    // The tables of decimal numbers: parsers of JSON and durations have some.
    var _ = BigDecimal.TEN;
    var _ = System.getLogger(LOGGER).isLoggable(System.Logger.Level.DEBUG);
  }

  private static void useOpenSsl() {
    try {
      if (PeerSettings.openSsl(CallContext.ofProcess().settings())) {
        OpenSsl.useForAll();
      }
    } catch (ConfigException e) {
      // The command says what is wrong.
      return;
    }
  }

  private static void makeCurve() {
    try {
      KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
      keys.initialize(256);
      var _ = keys.generateKeyPair();
    } catch (GeneralSecurityException e) {
      // Whoever needs the curve says so.
      return;
    }
  }
}
